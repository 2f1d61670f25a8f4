#include "ui/json_file.hpp"

#include <yyjson.h>

#include <algorithm>
#include <cstddef>
#include <expected>
#include <filesystem>
#include <format>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace haven::ui {

void JsonFile::Free::operator()(yyjson_doc* document) const {
    yyjson_doc_free(document);
}

JsonFile::JsonFile(std::filesystem::path path, yyjson_doc* document)
    : path_(std::move(path)), document_(document) {}

std::expected<JsonFile, std::string> JsonFile::read(const std::filesystem::path& path) {
    yyjson_read_err error{};
    yyjson_doc* const document =
        yyjson_read_file(path.c_str(), YYJSON_READ_NOFLAG, nullptr, &error);
    if (document == nullptr) {
        return std::unexpected(
            std::format("{}: {} (at its byte {})", path.string(), error.msg, error.pos));
    }
    return JsonFile(path, document);
}

yyjson_val* JsonFile::root() const {
    return yyjson_doc_get_root(document_.get());
}

std::unexpected<std::string> JsonFile::fault(std::string_view what, std::string_view detail) const {
    return std::unexpected(std::format("{}: {}: {}", path_.string(), what, detail));
}

std::expected<JsonFile::Members, std::string> JsonFile::members(yyjson_val* object) const {
    if (!yyjson_is_obj(object)) {
        return fault("an object is expected", yyjson_get_type_desc(object));
    }
    Members members;
    std::size_t at = 0;
    std::size_t count = 0;
    yyjson_val* name = nullptr;
    yyjson_val* value = nullptr;
    yyjson_obj_foreach(object, at, count, name, value) {
        if (!members.emplace(yyjson_get_str(name), value).second) {
            return fault(yyjson_get_str(name), "is there twice");
        }
    }
    return members;
}

std::expected<JsonFile::Members, std::string>
JsonFile::members(yyjson_val* object, std::initializer_list<std::string_view> names) const {
    auto members = this->members(object);
    if (!members) {
        return members;
    }
    for (const std::string_view name : names) {
        if (!members->contains(name)) {
            return fault(name, "is missing");
        }
    }
    for (const auto& [name, value] : *members) {
        if (std::ranges::find(names, name) == names.end()) {
            return fault(name, "is not known here");
        }
    }
    return members;
}

} // namespace haven::ui
