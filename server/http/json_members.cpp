#include "server/http/json_members.hpp"

#include "net/api/json.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <yyjson.h>

namespace haven::http {

void JsonMembers::FreeDocument::operator()(yyjson_mut_doc* document) const {
    yyjson_mut_doc_free(document);
}

JsonMembers::JsonMembers() : document_(yyjson_mut_doc_new(nullptr)) {
    yyjson_mut_doc_set_root(document_.get(), yyjson_mut_obj(document_.get()));
}

JsonMembers::JsonMembers(std::string_view json) {
    yyjson_doc* const read = yyjson_read(json.data(), json.size(), YYJSON_READ_NUMBER_AS_RAW);
    document_.reset(yyjson_doc_mut_copy(read, nullptr));
    yyjson_doc_free(read);
    if (!yyjson_mut_is_obj(yyjson_mut_doc_get_root(document_.get()))) {
        throw std::invalid_argument("this is no JSON object");
    }
}

yyjson_mut_val* JsonMembers::value(const char* key) const {
    return yyjson_mut_obj_get(yyjson_mut_doc_get_root(document_.get()), key);
}

void JsonMembers::put(const char* key, yyjson_mut_val* value) {
    remove(key);
    yyjson_mut_obj_add(yyjson_mut_doc_get_root(document_.get()),
                       yyjson_mut_strcpy(document_.get(), key), value);
}

std::optional<std::string> JsonMembers::text(const char* key) const {
    yyjson_mut_val* const found = value(key);
    if (!yyjson_mut_is_str(found)) {
        return std::nullopt;
    }
    return std::string(yyjson_mut_get_str(found), yyjson_mut_get_len(found));
}

std::optional<bool> JsonMembers::flag(const char* key) const {
    yyjson_mut_val* const found = value(key);
    return yyjson_mut_is_bool(found) ? std::optional(yyjson_mut_get_bool(found)) : std::nullopt;
}

std::optional<std::int64_t> JsonMembers::number(const char* key) const {
    yyjson_mut_val* const found = value(key);
    if (yyjson_mut_is_raw(found)) { // as it was read
        return api::whole_number({yyjson_mut_get_raw(found), yyjson_mut_get_len(found)});
    }
    return yyjson_mut_is_int(found) ? std::optional(yyjson_mut_get_sint(found)) : std::nullopt;
}

void JsonMembers::set(const char* key, std::string_view text) {
    put(key, yyjson_mut_strncpy(document_.get(), text.data(), text.size()));
}

void JsonMembers::set_flag(const char* key, bool flag) {
    put(key, yyjson_mut_bool(document_.get(), flag));
}

void JsonMembers::set_number(const char* key, std::int64_t number) {
    put(key, yyjson_mut_sint(document_.get(), number));
}

void JsonMembers::remove(const char* key) {
    yyjson_mut_obj_remove_key(yyjson_mut_doc_get_root(document_.get()), key);
}

std::string JsonMembers::json() const {
    std::size_t length = 0;
    const std::unique_ptr<char, decltype(&std::free)> text(
        yyjson_mut_write(document_.get(), YYJSON_WRITE_NOFLAG, &length), &std::free);
    if (text == nullptr) {
        throw std::runtime_error("this cannot be written as JSON");
    }
    return {text.get(), length};
}

} // namespace haven::http
