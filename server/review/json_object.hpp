#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct yyjson_mut_doc;
struct yyjson_mut_val;

namespace haven {

/// A JSON object whose members a handler changes on the way to its statement: sealed, hashed, taken
/// out. One thread. Texts are copied in.
class JsonObject {
  public:
    JsonObject(); ///< {}
    /// Nothing where the text is not one JSON object.
    [[nodiscard]] static std::optional<JsonObject> parse(std::string_view text);

    [[nodiscard]] std::optional<std::string> text(std::string_view name) const;
    void set_text(std::string_view name, std::string_view value);
    /// `json` is one JSON value, which is what the caller knows.
    void set_json(std::string_view name, std::string_view json);
    void remove(std::string_view name);
    [[nodiscard]] std::string json() const;

    /// The objects of an array: how many, and their members.
    [[nodiscard]] std::size_t size_of(std::string_view array) const;
    [[nodiscard]] std::optional<std::string> text_in(std::string_view array, std::size_t index,
                                                     std::string_view name) const;
    void set_text_in(std::string_view array, std::size_t index, std::string_view name,
                     std::string_view value);
    void remove_in(std::string_view array, std::size_t index, std::string_view name);

  private:
    struct FreeDocument {
        void operator()(yyjson_mut_doc* document) const;
    };
    explicit JsonObject(yyjson_mut_doc* document) : document_(document) {}
    [[nodiscard]] yyjson_mut_val* root() const;
    [[nodiscard]] yyjson_mut_val* object_in(std::string_view array, std::size_t index) const;

    std::unique_ptr<yyjson_mut_doc, FreeDocument> document_;
};

} // namespace haven
