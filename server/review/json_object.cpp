#include "server/review/json_object.hpp"

#include <cassert>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <yyjson.h>

namespace haven {
namespace {

std::optional<std::string> text_of(yyjson_mut_val* value) {
    if (!yyjson_mut_is_str(value)) {
        return std::nullopt;
    }
    return std::string(yyjson_mut_get_str(value), yyjson_mut_get_len(value));
}

void put(yyjson_mut_doc* document, yyjson_mut_val* object, std::string_view name,
         yyjson_mut_val* value) {
    assert(object != nullptr && value != nullptr);
    yyjson_mut_obj_put(object, yyjson_mut_strncpy(document, name.data(), name.size()), value);
}

using Document = std::unique_ptr<yyjson_doc, decltype(&yyjson_doc_free)>;

Document read(std::string_view text) {
    return {yyjson_read(text.data(), text.size(), YYJSON_READ_NOFLAG), &yyjson_doc_free};
}

} // namespace

JsonObject::JsonObject() : document_(yyjson_mut_doc_new(nullptr)) {
    yyjson_mut_doc_set_root(document_.get(), yyjson_mut_obj(document_.get()));
}

std::optional<JsonObject> JsonObject::parse(std::string_view text) {
    const Document document = read(text);
    if (!yyjson_is_obj(yyjson_doc_get_root(document.get()))) {
        return std::nullopt;
    }
    return JsonObject(yyjson_doc_mut_copy(document.get(), nullptr));
}

std::optional<std::string> JsonObject::text(std::string_view name) const {
    return text_of(yyjson_mut_obj_getn(root(), name.data(), name.size()));
}

void JsonObject::set_text(std::string_view name, std::string_view value) {
    put(document_.get(), root(), name,
        yyjson_mut_strncpy(document_.get(), value.data(), value.size()));
}

void JsonObject::set_json(std::string_view name, std::string_view json) {
    const Document value = read(json);
    put(document_.get(), root(), name,
        yyjson_val_mut_copy(document_.get(), yyjson_doc_get_root(value.get())));
}

void JsonObject::remove(std::string_view name) {
    yyjson_mut_obj_remove_keyn(root(), name.data(), name.size());
}

std::string JsonObject::json() const {
    std::size_t size = 0;
    const std::unique_ptr<char, decltype(&std::free)> text(
        yyjson_mut_write(document_.get(), YYJSON_WRITE_NOFLAG, &size), &std::free);
    assert(text != nullptr);
    return {text.get(), size};
}

void JsonObject::FreeDocument::operator()(yyjson_mut_doc* document) const {
    yyjson_mut_doc_free(document);
}

yyjson_mut_val* JsonObject::root() const {
    return yyjson_mut_doc_get_root(document_.get());
}

yyjson_mut_val* JsonObject::object_in(std::string_view array, std::size_t index) const {
    return yyjson_mut_arr_get(yyjson_mut_obj_getn(root(), array.data(), array.size()), index);
}

std::size_t JsonObject::size_of(std::string_view array) const {
    return yyjson_mut_arr_size(yyjson_mut_obj_getn(root(), array.data(), array.size()));
}

std::optional<std::string> JsonObject::text_in(std::string_view array, std::size_t index,
                                               std::string_view name) const {
    return text_of(yyjson_mut_obj_getn(object_in(array, index), name.data(), name.size()));
}

void JsonObject::set_text_in(std::string_view array, std::size_t index, std::string_view name,
                             std::string_view value) {
    put(document_.get(), object_in(array, index), name,
        yyjson_mut_strncpy(document_.get(), value.data(), value.size()));
}

void JsonObject::remove_in(std::string_view array, std::size_t index, std::string_view name) {
    yyjson_mut_obj_remove_keyn(object_in(array, index), name.data(), name.size());
}

} // namespace haven
