//! Form data, `application/x-www-form-urlencoded`: the URL Standard, section 5.

use wirelens_dissect::prelude::*;

protocol! {
    URLENCODED_FORM = "urlencoded-form" "Form" "HTML Form URL Encoded", Application;
    ITEM = group "item" "Item" own many key("items") {
        KEY   = text "key"   "Key";
        VALUE = text "value" "Value";
    };
}

fn dissect(p: &mut Packet<'_>) -> Step {
    while p.left() > 0 {
        let ahead = p.ahead();
        let item = until(ahead, b'&');
        if item == 0 {
            p.skip(1)?;
            continue;
        }
        p.group(&ITEM, |p| {
            let key = until(&ahead[..item], b'=');
            decoded(p, &KEY, &ahead[..key])?;
            if key < item {
                p.skip(1)?;
                decoded(p, &VALUE, &ahead[key + 1..item])?;
            }
            Ok(())
        })?;
        p.skip((item + 1).min(ahead.len()) - item)?;
    }
    Ok(Next::Nothing)
}

fn until(bytes: &[u8], end: u8) -> usize {
    bytes.iter().position(|&byte| byte == end).unwrap_or(bytes.len())
}

/// Records the text without its percent-encoding; a plus sign is a space.
fn decoded(p: &mut Packet<'_>, row: &'static Field, encoded: &[u8]) -> Read {
    p.make_text(row, p.at(), encoded.len(), |text| {
        let mut left = encoded;
        while let [first, behind @ ..] = left {
            (left, _) = match (first, behind) {
                (b'%', [high, low, rest @ ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                    (rest, text.push(digit(*high) << 4 | digit(*low)))
                }
                (b'+', _) => (behind, text.push(b' ')),
                _ => (behind, text.push(*first)),
            };
        }
    });
    p.skip(encoded.len())
}

fn digit(byte: u8) -> u8 {
    char::from(byte).to_digit(16).unwrap_or(0) as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const FORM: &[u8] = b"name=J%C3%B6rg+M&empty=&alone&&bad=%4&=x";

    #[test]
    fn a_form() {
        insta::assert_snapshot!(tree(&URLENCODED_FORM, FORM));
    }

    #[test]
    fn every_prefix_of_it() {
        every_prefix(&URLENCODED_FORM, FORM);
    }
}
