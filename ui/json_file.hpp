#pragma once

#include <expected>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <string_view>

struct yyjson_doc;
struct yyjson_val;

namespace haven::ui {

/// A small file of JSON, read strictly: an object at its top, no member twice, nothing that nobody
/// asks for. Errors name the file and the member.
class JsonFile {
  public:
    using Members = std::map<std::string, yyjson_val*, std::less<>>;

    [[nodiscard]] static std::expected<JsonFile, std::string>
    read(const std::filesystem::path& path);

    [[nodiscard]] yyjson_val* root() const;
    /// Of an object: all that it has.
    [[nodiscard]] std::expected<Members, std::string> members(yyjson_val* object) const;
    /// Of an object: exactly these.
    [[nodiscard]] std::expected<Members, std::string>
    members(yyjson_val* object, std::initializer_list<std::string_view> names) const;
    [[nodiscard]] std::unexpected<std::string> fault(std::string_view what,
                                                     std::string_view detail) const;

  private:
    struct Free {
        void operator()(yyjson_doc* document) const;
    };
    JsonFile(std::filesystem::path path, yyjson_doc* document);

    std::filesystem::path path_;
    std::unique_ptr<yyjson_doc, Free> document_;
};

} // namespace haven::ui
