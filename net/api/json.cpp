#include "net/api/json.hpp"

#include "net/api/limits.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <expected>
#include <format>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>
#include <yyjson.h>

namespace haven::api {
namespace {

constexpr std::size_t digits_max = 1000;
constexpr std::int64_t magnitude_max = 308; ///< of a decimal: 10^308 is a double
constexpr std::int64_t plain_digits_max = 19;
constexpr std::int64_t plain_zeros_max = 6; ///< between the point and the first digit
constexpr std::size_t piece_bytes = std::size_t{64} << 10U;

/// digits * 10^exponent, without zeros at either end; zero has no digits.
struct Decimal {
    bool negative = false;
    std::string digits;
    std::int64_t exponent = 0;

    /// Where the first digit stands: 1 is at 0.
    [[nodiscard]] std::int64_t magnitude() const { return std::ssize(digits) + exponent - 1; }
};

std::size_t digits_at(std::string_view text) {
    const std::size_t end = text.find_first_not_of("0123456789");
    return end == std::string_view::npos ? text.size() : end;
}

std::optional<std::string_view> take_digits(std::string_view& text) {
    const std::string_view digits = text.substr(0, digits_at(text));
    text.remove_prefix(digits.size());
    return digits.empty() ? std::nullopt : std::optional(digits);
}

bool eat(std::string_view& text, std::string_view one_of) {
    const bool there = !text.empty() && one_of.contains(text.front());
    text.remove_prefix(there ? 1 : 0);
    return there;
}

/// RFC 8259, section 6.
std::optional<Decimal> read_decimal(std::string_view text) {
    Decimal number;
    number.negative = eat(text, "-");
    const auto whole = take_digits(text);
    if (!whole || (whole->size() > 1 && whole->front() == '0')) {
        return std::nullopt;
    }
    number.digits = *whole;
    if (eat(text, ".")) {
        const auto fraction = take_digits(text);
        if (!fraction) {
            return std::nullopt;
        }
        number.digits += *fraction;
        number.exponent = -std::ssize(*fraction);
    }
    if (eat(text, "eE")) {
        const bool down = text.starts_with('-');
        (void)eat(text, "+-");
        const auto digits = take_digits(text);
        if (!digits) {
            return std::nullopt;
        }
        std::int64_t power = 0;
        const auto read = std::from_chars(digits->data(), digits->data() + digits->size(), power);
        power = read.ec == std::errc{} ? std::min<std::int64_t>(power, INT32_MAX) : INT32_MAX;
        number.exponent += down ? -power : power;
    }
    if (!text.empty()) {
        return std::nullopt;
    }
    const std::size_t last = number.digits.find_last_not_of('0');
    if (last == std::string::npos) {
        return Decimal{};
    }
    number.exponent += std::ssize(number.digits) - static_cast<std::int64_t>(last) - 1;
    number.digits.erase(last + 1);
    number.digits.erase(0, number.digits.find_first_not_of('0'));
    return number;
}

/// What most numbers are, and in their one spelling already: whole, and not -0.
bool is_plain(std::string_view number) {
    const std::string_view digits = number.substr(number.starts_with('-') ? 1 : 0);
    return !digits.empty() && std::ssize(digits) <= plain_digits_max &&
           (digits.front() != '0' || number == "0") &&
           std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
}

bool can_be_kept(const Decimal& number) {
    const std::int64_t magnitude = number.magnitude();
    return number.digits.empty() ||
           (number.digits.size() <= digits_max && magnitude >= -(magnitude_max - 1) &&
            (magnitude < magnitude_max ||
             (magnitude == magnitude_max && number.digits < "17976931348623157")));
}

std::string spelled(const Decimal& number) {
    if (number.digits.empty()) {
        return "0";
    }
    const std::string sign = number.negative ? "-" : "";
    const std::string& digits = number.digits;
    const std::int64_t magnitude = number.magnitude();
    if (number.exponent >= 0 && magnitude < plain_digits_max) {
        return sign + digits + std::string(static_cast<std::size_t>(number.exponent), '0');
    }
    if (number.exponent < 0 && magnitude >= 0 && magnitude < plain_digits_max) {
        const auto whole = static_cast<std::size_t>(magnitude + 1);
        return sign + digits.substr(0, whole) + "." + digits.substr(whole);
    }
    if (magnitude < 0 && -magnitude <= plain_zeros_max) {
        return sign + "0." + std::string(static_cast<std::size_t>(-magnitude - 1), '0') + digits;
    }
    return std::format("{}{}{}{}e{}", sign, digits.front(), digits.size() > 1 ? "." : "",
                       std::string_view(digits).substr(1), magnitude);
}

void append_string(std::string& out, std::string_view text) {
    out += '"';
    for (const char c : text) {
        constexpr std::string_view named = "\b\t\n\f\r\"\\";
        constexpr std::string_view names = "btnfr\"\\";
        if (const std::size_t at = named.find(c); at != std::string_view::npos) {
            out += {'\\', names[at]};
        } else if (static_cast<unsigned char>(c) < 0x20U) {
            out += std::format("\\u{:04x}", static_cast<unsigned>(c));
        } else {
            out += c;
        }
    }
    out += '"';
}

std::string_view text_of(yyjson_val* value) {
    return {yyjson_get_str(value), yyjson_get_len(value)};
}

/// Where a value stands, down from the root, made into a pointer only when it is told.
struct Place {
    const Place* above = nullptr;
    std::string_view name;
    std::size_t index = 0;
    bool in_array = false;

    [[nodiscard]] std::string pointer() const {
        if (above == nullptr) {
            return "";
        }
        return in_array ? std::format("{}/{}", above->pointer(), index)
                        : pointer_below(above->pointer(), name);
    }
};

/// Writes a document's one spelling, and stops at the first thing that is not taken.
class Writer {
  public:
    Writer(std::string& out, const TakeText* take) : out_(out), take_(take) {}

    bool write(yyjson_val* value, const Place& place, std::size_t depth) {
        if (take_ != nullptr && out_.size() >= piece_bytes) {
            (*take_)(out_);
            out_.clear();
        }
        switch (yyjson_get_type(value)) {
        case YYJSON_TYPE_OBJ:
            return write_object(value, place, depth + 1);
        case YYJSON_TYPE_ARR:
            return write_array(value, place, depth + 1);
        case YYJSON_TYPE_STR:
            return write_text(text_of(value), place);
        case YYJSON_TYPE_RAW:
            return write_number(std::string_view(yyjson_get_raw(value), yyjson_get_len(value)),
                                place);
        case YYJSON_TYPE_BOOL:
            out_ += yyjson_get_bool(value) ? "true" : "false";
            return true;
        default:
            out_ += "null";
            return true;
        }
    }
    [[nodiscard]] JsonFault fault() { return std::move(fault_); }

  private:
    bool fail(bool malformed, const Place& place, std::string detail) {
        fault_ = {.malformed = malformed, .pointer = place.pointer(), .detail = std::move(detail)};
        return false;
    }

    bool is_deep(const Place& place, std::size_t depth) {
        if (depth <= json_depth_max) {
            return false;
        }
        fail(true, place, std::format("is more than {} deep", json_depth_max));
        return true;
    }

    bool write_object(yyjson_val* value, const Place& place, std::size_t depth) {
        if (is_deep(place, depth)) {
            return false;
        }
        std::vector<std::pair<std::string_view, yyjson_val*>> members;
        members.reserve(yyjson_obj_size(value));
        yyjson_obj_iter each = yyjson_obj_iter_with(value);
        while (yyjson_val* key = yyjson_obj_iter_next(&each)) {
            members.emplace_back(text_of(key), yyjson_obj_iter_get_val(key));
        }
        std::ranges::stable_sort(members, {}, &decltype(members)::value_type::first);
        const auto twice = std::ranges::adjacent_find(
            members, {}, [](const auto& member) { return member.first; });
        if (twice != members.end()) {
            return fail(true, {.above = &place, .name = twice->first}, "is there more than once");
        }
        out_ += '{';
        std::string_view separator;
        for (const auto& [name, member] : members) {
            out_ += separator;
            separator = ",";
            const Place here{.above = &place, .name = name};
            if (!write_text(name, here)) {
                return false;
            }
            out_ += ':';
            if (!write(member, here, depth)) {
                return false;
            }
        }
        out_ += '}';
        return true;
    }

    bool write_array(yyjson_val* value, const Place& place, std::size_t depth) {
        if (is_deep(place, depth)) {
            return false;
        }
        out_ += '[';
        yyjson_arr_iter each = yyjson_arr_iter_with(value);
        for (std::size_t i = 0; yyjson_val* item = yyjson_arr_iter_next(&each); ++i) {
            out_ += i == 0 ? "" : ",";
            if (!write(item, {.above = &place, .index = i, .in_array = true}, depth)) {
                return false;
            }
        }
        out_ += ']';
        return true;
    }

    bool write_text(std::string_view text, const Place& place) {
        if (text.contains('\0')) {
            return fail(false, place, "must not hold the character U+0000");
        }
        append_string(out_, text);
        return true;
    }

    bool write_number(std::string_view text, const Place& place) {
        if (is_plain(text)) {
            out_ += text;
            return true;
        }
        const std::optional<std::string> number = canonical_number(text);
        if (!number) {
            return fail(false, place, "is a number that cannot be kept");
        }
        out_ += *number;
        return true;
    }

    std::string& out_;
    const TakeText* take_;
    JsonFault fault_;
};

std::expected<std::string, JsonFault> canonical(std::string_view text, const TakeText* take) {
    if (text.empty()) {
        return std::unexpected(JsonFault{.detail = "is empty; it must be JSON"});
    }
    yyjson_read_err error{};
    // yyjson leaves its input alone without YYJSON_READ_INSITU; the parameter is not const.
    const std::unique_ptr<yyjson_doc, decltype(&yyjson_doc_free)> document(
        yyjson_read_opts(const_cast<char*>(text.data()), text.size(), YYJSON_READ_NUMBER_AS_RAW,
                         nullptr, &error),
        &yyjson_doc_free);
    if (!document) {
        return std::unexpected(JsonFault{
            .detail = std::format("is not JSON at its byte {}: {}", error.pos, error.msg)});
    }
    std::string out;
    Writer writer(out, take);
    if (!writer.write(yyjson_doc_get_root(document.get()), {}, 0)) {
        return std::unexpected(writer.fault());
    }
    return out;
}

} // namespace

std::expected<std::string, JsonFault> canonical_json(std::string_view text) {
    return canonical(text, nullptr);
}

std::expected<void, JsonFault> canonical_json(std::string_view text, const TakeText& take) {
    const auto rest = canonical(text, &take);
    if (!rest) {
        return std::unexpected(rest.error());
    }
    take(*rest);
    return {};
}

std::optional<JsonFault> json_fault(std::string_view text) {
    const auto read = canonical_json(text, [](std::string_view) {});
    return read ? std::nullopt : std::optional(read.error());
}

std::optional<std::string> canonical_number(std::string_view text) {
    const auto number = read_decimal(text);
    return number && can_be_kept(*number) ? std::optional(spelled(*number)) : std::nullopt;
}

std::optional<std::int64_t> whole_number(std::string_view text) {
    const auto number = read_decimal(text);
    if (!number || number->exponent < 0 || number->magnitude() >= plain_digits_max) {
        return std::nullopt;
    }
    const std::string digits = spelled(*number);
    std::int64_t value = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return read.ec == std::errc{} ? std::optional(value) : std::nullopt;
}

bool is_whole(std::string_view number) {
    const auto read = read_decimal(number);
    return read && read->exponent >= 0;
}

std::string pointer_below(std::string_view pointer, std::string_view name) {
    std::string below(pointer);
    below += '/';
    for (const char c : name) {
        below += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    }
    return below;
}

bool append_canonical(std::string& out, yyjson_val* value) {
    return Writer(out, nullptr).write(value, {}, 0);
}

} // namespace haven::api
