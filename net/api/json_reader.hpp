#pragma once

#include "net/api/error_code.hpp"
#include "net/api/json_rules.hpp"
#include "net/api/json_scan.hpp"
#include "net/api/records.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>
#include <yyjson.h>

namespace haven::api::detail {

/// Reads the members of one JSON object and gathers what is wrong with them.
class Reader {
  public:
    Reader(std::string_view body, Unknown unknown);

    template <typename T, typename Rule>
    void member(std::string_view key, T& out, const Rule& rule,
                Presence presence = Presence::required) {
        // What a request leaves out it does not say as null; an answer may.
        const bool lenient = presence == Presence::optional && unknown_ == Unknown::passed_over;
        const Entry* entry = find(key, presence, lenient ? Null::nothing : Null::value);
        if (entry != nullptr) {
            read(*entry, out, rule);
        }
    }
    template <typename T, typename Rule>
    void member(std::string_view key, std::optional<T>& out, const Rule& rule) {
        const Entry* entry = find(key, Presence::optional, Null::nothing);
        if (entry != nullptr) {
            read(*entry, out.emplace(), rule);
        }
    }

    /// Ends the reading: the errors in the order of the body, none when all was well.
    [[nodiscard]] std::vector<BodyError> finish();

  private:
    struct Entry {
        std::string_view key;
        yyjson_val* value = nullptr;
        const Container* container = nullptr; ///< when the value is an object or array
        bool known = false;
    };
    enum class Null : std::uint8_t { value, nothing }; ///< what a null is taken for
    struct FreeDocument {
        void operator()(yyjson_doc* document) const;
    };

    void read_body(std::string_view body);
    [[nodiscard]] const Entry* find(std::string_view key, Presence presence, Null null);
    void fail(std::string_view key, ErrorCode code, std::string detail,
              std::optional<double> limit = std::nullopt);
    void fail_at(BodyError error);

    void read(const Entry& entry, std::string& out, const Text& rule);
    void read(const Entry& entry, std::string& out, const OneOf& rule);
    void read(const Entry& entry, std::string_view& out, RawObject rule);
    void read(const Entry& entry, std::int64_t& out, const Range& rule);
    void read(const Entry& entry, std::int32_t& out, const Range& rule);
    void read(const Entry& entry, Uuid& out, Id rule);
    void read(const Entry& entry, bool& out, const Flag& rule);
    [[nodiscard]] std::optional<std::string_view> text_of(const Entry& entry);

    Unknown unknown_;
    Scan scan_;
    std::unique_ptr<yyjson_doc, FreeDocument> document_;
    std::vector<Entry> entries_;
    std::vector<BodyError> errors_;
    bool readable_ = false; ///< the body is an object
};

} // namespace haven::api::detail
