#include "net/api/json_reader.hpp"

#include "bilateral/stroke.hpp"
#include "net/api/error_code.hpp"
#include "net/api/json.hpp"
#include "net/api/json_rules.hpp"
#include "net/api/json_scan.hpp"
#include "net/api/records.hpp"
#include "net/api/utf8.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <format>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>
#include <yyjson.h>

namespace haven::api::detail {
namespace {

constexpr std::size_t errors_max = 64;
constexpr std::size_t told_key_length_max = 100;

std::string joined(std::span<const std::string_view> values) {
    std::string text;
    for (const std::string_view value : values) {
        text += text.empty() ? "" : ", ";
        text += value;
    }
    return text;
}

std::string wrong_length(const Text& rule, std::size_t length) {
    if (rule.length_min == rule.length_max) {
        return std::format("must be {} characters, is {}", rule.length_max, length);
    }
    return std::format("must be {} to {} characters, is {}", rule.length_min, rule.length_max,
                       length);
}

} // namespace

void Reader::FreeDocument::operator()(yyjson_doc* document) const {
    yyjson_doc_free(document);
}

Reader::Reader(std::string_view body, Unknown unknown) : unknown_(unknown) {
    auto scan = scan_body(body);
    if (!scan) {
        errors_.push_back(std::move(scan).error());
        return;
    }
    scan_ = *std::move(scan);
    read_body(body);
}

void Reader::read_body(std::string_view body) {
    if (body.empty()) {
        fail("", ErrorCode::malformed, "the body is empty; it must be a JSON object");
        return;
    }
    yyjson_read_err error{};
    document_.reset(yyjson_read_opts(scan_.reduced.data(), scan_.reduced.size(),
                                     YYJSON_READ_NUMBER_AS_RAW, nullptr, &error));
    if (document_ == nullptr) {
        fail("", ErrorCode::malformed,
             std::format("the body is not JSON at its byte {}: {}", scan_.body_offset(error.pos),
                         error.msg));
        return;
    }
    yyjson_val* root = yyjson_doc_get_root(document_.get());
    if (!yyjson_is_obj(root)) {
        fail("", ErrorCode::wrong_type, "the body must be a JSON object");
        return;
    }
    readable_ = true;
    auto container = scan_.containers.cbegin();
    yyjson_obj_iter members = yyjson_obj_iter_with(root);
    while (yyjson_val* key = yyjson_obj_iter_next(&members)) {
        yyjson_val* value = yyjson_obj_iter_get_val(key);
        entries_.push_back({.key = {yyjson_get_str(key), yyjson_get_len(key)},
                            .value = value,
                            .container = yyjson_is_ctn(value) ? &*container++ : nullptr});
    }
}

const Reader::Entry* Reader::find(std::string_view key, Presence presence, Null null) {
    if (!readable_) {
        return nullptr;
    }
    const Entry* found = nullptr;
    for (Entry& entry : entries_) {
        if (entry.key != key) {
            continue;
        }
        entry.known = true;
        if (found != nullptr) {
            fail(key, ErrorCode::repeated_member, "is there more than once");
            return nullptr;
        }
        found = &entry;
    }
    if (found == nullptr && presence == Presence::required) {
        fail(key, ErrorCode::required, "is missing");
    }
    if (found != nullptr && null == Null::nothing && yyjson_is_null(found->value)) {
        return nullptr;
    }
    return found;
}

void Reader::fail(std::string_view key, ErrorCode code, std::string detail,
                  std::optional<double> limit) {
    fail_at({.pointer = key.empty() ? "" : pointer_below("", key),
             .code = code,
             .detail = std::move(detail),
             .limit = limit});
}

void Reader::fail_at(BodyError error) {
    if (errors_.size() < errors_max) {
        errors_.push_back(std::move(error));
    }
}

std::optional<std::string_view> Reader::text_of(const Entry& entry) {
    if (!yyjson_is_str(entry.value)) {
        fail(entry.key, ErrorCode::wrong_type, "must be a string");
        return std::nullopt;
    }
    const std::string_view text(yyjson_get_str(entry.value), yyjson_get_len(entry.value));
    if (text.contains('\0')) {
        fail(entry.key, ErrorCode::not_storable, "must not hold the character U+0000");
        return std::nullopt;
    }
    return text;
}

void Reader::read(const Entry& entry, std::string& out, const Text& rule) {
    const auto text = text_of(entry);
    if (!text) {
        return;
    }
    const std::size_t length = utf8_length(*text);
    if (length < rule.length_min || length > rule.length_max) {
        const bool is_short = length < rule.length_min;
        fail(entry.key, is_short ? ErrorCode::too_short : ErrorCode::too_long,
             wrong_length(rule, length),
             static_cast<double>(is_short ? rule.length_min : rule.length_max));
    } else if (rule.accepts != nullptr && !rule.accepts(*text)) {
        fail(entry.key, ErrorCode::malformed, std::format("must be {}", rule.form));
    } else {
        out = *text;
    }
}

void Reader::read(const Entry& entry, std::string& out, const OneOf& rule) {
    const auto text = text_of(entry);
    if (!text) {
        return;
    }
    if (std::ranges::find(rule.values, *text) == rule.values.end()) {
        fail(entry.key, ErrorCode::not_in_list,
             std::format("must be one of: {}", joined(rule.values)));
    } else {
        out = *text;
    }
}

void Reader::read(const Entry& entry, std::string_view& out, RawObject /*rule*/) {
    if (!yyjson_is_obj(entry.value)) {
        fail(entry.key, ErrorCode::wrong_type, "must be an object");
        return;
    }
    if (entry.container->holds_nul) {
        fail(entry.key, ErrorCode::not_storable, "must not hold the character U+0000");
        return;
    }
    out = entry.container->text;
}

void Reader::read(const Entry& entry, std::int64_t& out, const Range& rule) {
    const std::string_view number(yyjson_get_raw(entry.value), yyjson_get_len(entry.value));
    if (!yyjson_is_raw(entry.value) || !is_whole(number)) {
        fail(entry.key, ErrorCode::wrong_type, "must be a whole number");
        return;
    }
    const std::optional<std::int64_t> value = whole_number(number);
    if (!value || *value < rule.least || *value > rule.most) {
        const bool is_small = value ? *value < rule.least : number.starts_with('-');
        fail(entry.key, is_small ? ErrorCode::too_small : ErrorCode::too_large,
             std::format("must be {} to {}", rule.least, rule.most),
             static_cast<double>(is_small ? rule.least : rule.most));
        return;
    }
    out = *value;
}

void Reader::read(const Entry& entry, std::int32_t& out, const Range& rule) {
    std::int64_t value = out;
    read(entry, value, rule);
    out = static_cast<std::int32_t>(value);
}

void Reader::read(const Entry& entry, Uuid& out, Id /*rule*/) {
    const auto text = text_of(entry);
    if (!text) {
        return;
    }
    const auto id = parse_uuid(*text);
    if (!id) {
        fail(entry.key, ErrorCode::malformed,
             "must be a UUID, such as 0190163d-8694-739b-aea5-966c26f8ad91");
        return;
    }
    out = *id;
}

void Reader::read(const Entry& entry, bool& out, const Flag& rule) {
    if (!yyjson_is_bool(entry.value)) {
        fail(entry.key, ErrorCode::wrong_type, "must be true or false");
        return;
    }
    out = yyjson_get_bool(entry.value);
    if (!out && !rule.demanded_true.empty()) {
        fail(entry.key, ErrorCode::must_be_true,
             std::format("must be true: {}", rule.demanded_true));
    }
}

std::vector<BodyError> Reader::finish() {
    if (unknown_ == Unknown::refused) {
        for (const Entry& entry : entries_) {
            if (entry.known) {
                continue;
            }
            if (entry.key.size() > told_key_length_max) {
                fail("", ErrorCode::unknown_member, "holds a member with an unknown name");
            } else {
                fail_at({.pointer = pointer_below("", entry.key),
                         .code = ErrorCode::unknown_member,
                         .detail = "is not known here"});
            }
        }
    }
    return std::move(errors_);
}

} // namespace haven::api::detail
