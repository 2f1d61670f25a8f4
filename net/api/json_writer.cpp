#include "net/api/json_writer.hpp"

#include "bilateral/stroke.hpp"
#include "net/api/json_rules.hpp"
#include "net/api/records.hpp"
#include "net/api/time.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <yyjson.h>

namespace haven::api::detail {

Writer::Writer()
    : document_(yyjson_mut_doc_new(nullptr)), root_(yyjson_mut_obj(document_.get())),
      object_(root_) {
    yyjson_mut_doc_set_root(document_.get(), root_);
}

void Writer::begin_array(std::string_view key) {
    array_ = yyjson_mut_arr(document_.get());
    add(key, array_);
}

void Writer::begin_item() {
    object_ = yyjson_mut_arr_add_obj(document_.get(), array_);
}

void Writer::end_items() {
    object_ = root_;
}

void Writer::add(std::string_view key, yyjson_mut_val* value) {
    yyjson_mut_obj_add(object_, yyjson_mut_strn(document_.get(), key.data(), key.size()), value);
}

yyjson_mut_val* Writer::write(const std::string& value, const Text& /*rule*/) {
    return yyjson_mut_strn(document_.get(), value.data(), value.size());
}

yyjson_mut_val* Writer::write(const std::string& value, const OneOf& /*rule*/) {
    return yyjson_mut_strn(document_.get(), value.data(), value.size());
}

yyjson_mut_val* Writer::write(const std::string& value, RawObject /*rule*/) {
    // What a row holds in its place is not written as if it were an object.
    return value.starts_with('{') && value.ends_with('}')
               ? yyjson_mut_rawn(document_.get(), value.data(), value.size())
               : yyjson_mut_null(document_.get());
}

yyjson_mut_val* Writer::write(const std::string& value, const Texts& /*rule*/) {
    return value.starts_with('[') && value.ends_with(']')
               ? yyjson_mut_rawn(document_.get(), value.data(), value.size())
               : yyjson_mut_null(document_.get());
}

yyjson_mut_val* Writer::write(std::int64_t value, const Range& /*rule*/) {
    return yyjson_mut_sint(document_.get(), value);
}

yyjson_mut_val* Writer::write(TimeUs value, Moment /*rule*/) {
    const std::string text = format_time_us(value);
    return yyjson_mut_strncpy(document_.get(), text.data(), text.size());
}

yyjson_mut_val* Writer::write(const Uuid& value, Id /*rule*/) {
    const std::string text = to_string(value);
    return yyjson_mut_strncpy(document_.get(), text.data(), text.size());
}

yyjson_mut_val* Writer::write(bool value, const Flag& /*rule*/) {
    return yyjson_mut_bool(document_.get(), value);
}

std::string Writer::text() const {
    // Text that is not UTF-8 goes out as it is: the other side says what is wrong with it, and
    // where.
    std::size_t length = 0;
    const std::unique_ptr<char, decltype(&std::free)> text(
        yyjson_mut_write(document_.get(), YYJSON_WRITE_ALLOW_INVALID_UNICODE, &length), &std::free);
    if (text == nullptr) {
        throw std::bad_alloc();
    }
    return {text.get(), length};
}

} // namespace haven::api::detail
