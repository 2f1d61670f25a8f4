#include "server/text/text.hpp"

#include "net/api/ascii.hpp"
#include "net/api/email.hpp"
#include "net/api/utf8.hpp"

#include <arpa/inet.h>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <netinet/in.h>
#include <optional>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <unicode/idna.h>
#include <unicode/locid.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/uidna.h>
#include <unicode/unistr.h>
#include <unicode/utypes.h>
#include <utility>

namespace haven::text {
namespace {

bool is_utf8(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t size = api::utf8_size_at(text, at);
        if (size == 0) {
            return false;
        }
        at += size;
    }
    return true;
}

std::string utf8_of(const icu::UnicodeString& text) {
    std::string utf8;
    return text.toUTF8String(utf8);
}

/// Control characters, those that format (zero width, direction, soft hyphens), line separators,
/// private and unassigned code points, fillers.
bool cannot_be_seen(UChar32 c) {
    switch (u_charType(c)) {
    case U_CONTROL_CHAR:
    case U_FORMAT_CHAR:
    case U_LINE_SEPARATOR:
    case U_PARAGRAPH_SEPARATOR:
    case U_PRIVATE_USE_CHAR:
    case U_SURROGATE:
    case U_UNASSIGNED:
        return true;
    default:
        return u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) != 0;
    }
}

/// RFC 8264, 9.9.
bool is_old_jamo(UChar32 c) {
    const int32_t type = u_getIntPropertyValue(c, UCHAR_HANGUL_SYLLABLE_TYPE);
    return type == U_HST_LEADING_JAMO || type == U_HST_VOWEL_JAMO || type == U_HST_TRAILING_JAMO;
}

template <typename Forbidden>
bool holds(const icu::UnicodeString& text, Forbidden forbidden) {
    for (int32_t at = 0; at < text.length(); at = text.moveIndex32(at, 1)) {
        if (forbidden(text.char32At(at))) {
            return true;
        }
    }
    return false;
}

/// Nothing where ICU has no memory.
std::optional<icu::UnicodeString> composed(const icu::UnicodeString& text) {
    UErrorCode error = U_ZERO_ERROR;
    const icu::Normalizer2* const nfc = icu::Normalizer2::getNFCInstance(error);
    if (U_FAILURE(error) != 0) {
        return std::nullopt;
    }
    icu::UnicodeString result = nfc->normalize(text, error);
    return U_FAILURE(error) != 0 ? std::nullopt : std::optional(std::move(result));
}

const icu::IDNA* idna() {
    static const std::unique_ptr<const icu::IDNA> rules = [] {
        UErrorCode error = U_ZERO_ERROR;
        return std::unique_ptr<const icu::IDNA>(icu::IDNA::createUTS46Instance(
            UIDNA_USE_STD3_RULES | UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ |
                UIDNA_NONTRANSITIONAL_TO_ASCII | UIDNA_NONTRANSITIONAL_TO_UNICODE,
            error));
    }();
    return rules.get();
}

/// In small letters, wherever in a word they stand: a final sigma is a sigma.
icu::UnicodeString in_lower_case(icu::UnicodeString text) {
    icu::UnicodeString lower;
    text.toLower(icu::Locale::getRoot());
    for (int32_t at = 0; at < text.length(); at = text.moveIndex32(at, 1)) {
        lower.append(u_tolower(u_foldCase(text.char32At(at), U_FOLD_CASE_DEFAULT)));
    }
    return lower;
}

/// RFC 5321 4.1.2: a quoted name that is none without its quotes keeps them, and escapes what has
/// to be.
std::string without_needless_quotes(std::string_view local) {
    if (!local.starts_with('"')) {
        return std::string(local);
    }
    std::string plain;
    std::string quoted = "\"";
    for (std::size_t at = 1; at + 1 < local.size(); ++at) {
        at += local[at] == '\\' ? 1 : 0;
        plain += local[at];
        quoted += local[at] == '"' || local[at] == '\\' ? "\\" : "";
        quoted += local[at];
    }
    return !plain.starts_with('"') && api::is_email(plain + "@a") ? plain : quoted + '"';
}

/// RFC 5321 4.1.3, in the one form of RFC 5952; it has been read before.
std::string address_in_brackets(std::string_view lower) {
    constexpr std::string_view tag = "[ipv6:";
    if (!lower.starts_with(tag)) {
        return std::string(lower);
    }
    const std::string typed(lower.substr(tag.size(), lower.size() - tag.size() - 1));
    std::array<unsigned char, 16> bytes{};
    std::array<char, INET6_ADDRSTRLEN> text{};
    (void)::inet_pton(AF_INET6, typed.c_str(), bytes.data());
    (void)::inet_ntop(AF_INET6, bytes.data(), text.data(), text.size());
    return std::string(tag) + text.data() + ']';
}

struct Domain {
    std::string readable;
    std::string ascii;
};

std::optional<Domain> domain_of(std::string_view typed) {
    if (typed.starts_with('[')) { // an address of the network
        const std::string lower = api::lower_case(typed);
        return Domain{.readable = address_in_brackets(lower), .ascii = lower};
    }
    if (idna() == nullptr) {
        return std::nullopt;
    }
    const icu::UnicodeString name = icu::UnicodeString::fromUTF8(typed);
    UErrorCode error = U_ZERO_ERROR;
    icu::IDNAInfo readable_info;
    icu::IDNAInfo ascii_info;
    icu::UnicodeString readable;
    icu::UnicodeString ascii;
    idna()->nameToUnicode(name, readable, readable_info, error);
    idna()->nameToASCII(name, ascii, ascii_info, error);
    if (U_FAILURE(error) != 0 || readable_info.hasErrors() != 0 || ascii_info.hasErrors() != 0) {
        return std::nullopt;
    }
    return Domain{.readable = utf8_of(readable), .ascii = utf8_of(ascii)};
}

} // namespace

std::optional<std::string> prepared_password(std::string_view typed) {
    if (!is_utf8(typed)) {
        return std::nullopt;
    }
    icu::UnicodeString spaced;
    const icu::UnicodeString text = icu::UnicodeString::fromUTF8(typed);
    for (int32_t at = 0; at < text.length(); at = text.moveIndex32(at, 1)) {
        const UChar32 c = text.char32At(at);
        spaced.append(u_charType(c) == U_SPACE_SEPARATOR ? UChar32{' '} : c);
    }
    const auto password = composed(spaced);
    const auto forbidden = [](UChar32 c) { return cannot_be_seen(c) || is_old_jamo(c); };
    if (!password || holds(*password, forbidden)) {
        return std::nullopt;
    }
    return utf8_of(*password);
}

std::optional<Address> address_of(std::string_view typed) {
    if (!is_utf8(typed) || !api::is_email(typed)) {
        return std::nullopt;
    }
    if (holds(icu::UnicodeString::fromUTF8(typed), cannot_be_seen)) {
        return std::nullopt;
    }
    const std::size_t at = typed.rfind('@');
    const std::string_view name = typed.substr(0, at);
    const auto local =
        composed(in_lower_case(icu::UnicodeString::fromUTF8(without_needless_quotes(name))));
    const auto older = composed(icu::UnicodeString::fromUTF8(name).toLower(icu::Locale::getRoot()));
    const auto domain = domain_of(typed.substr(at + 1));
    if (!local || !older || !domain) {
        return std::nullopt;
    }
    return Address{.readable = utf8_of(*local) + '@' + domain->readable,
                   .older = utf8_of(*older) + '@' +
                            (*older == *local ? domain->ascii : domain->readable)};
}

std::optional<std::string> wire_address(std::string_view address) {
    if (!address_of(address)) {
        return std::nullopt;
    }
    const std::size_t at = address.rfind('@');
    const auto domain = domain_of(address.substr(at + 1));
    return domain ? std::optional(std::string(address.substr(0, at + 1)) + domain->ascii)
                  : std::nullopt;
}

std::optional<std::string> name_of(std::string_view typed) {
    if (!is_utf8(typed)) {
        return std::nullopt;
    }
    const auto name = composed(icu::UnicodeString::fromUTF8(typed));
    if (!name || holds(*name, cannot_be_seen)) {
        return std::nullopt;
    }
    return utf8_of(*name);
}

} // namespace haven::text
