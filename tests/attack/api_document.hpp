#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>
#include <yyjson.h>

/// The served description of the API as a test that writes requests from it reads it: without the
/// server's own reader, so that a fault in that one does not hide here.
namespace haven::test {

/// A schema with its references and parts put together.
struct FlatSchema {
    std::set<std::string, std::less<>> types; ///< empty: any
    std::vector<std::string> values;          ///< enum and const, as JSON; empty: any
    std::string format;
    std::string pattern;
    std::optional<std::size_t> length_min;
    std::optional<std::size_t> length_max;
    std::optional<std::size_t> items_min;
    std::optional<std::size_t> items_max;
    std::optional<double> least;
    std::optional<double> most;
    yyjson_val* items = nullptr;
    std::map<std::string, yyjson_val*, std::less<>> properties;
    std::set<std::string, std::less<>> required;
    bool closed = false; ///< other members are refused

    [[nodiscard]] bool takes(std::string_view type) const {
        return types.empty() || types.contains(type);
    }
};

struct ApiParameter {
    std::string name;
    yyjson_val* schema = nullptr;
    bool required = false;
};

struct ApiOperation {
    std::string method; ///< "PUT"
    std::string path;   ///< "/v1/sessions/{id}"
    std::string id;     ///< its operationId
    bool open = false;  ///< without a token
    bool octets = false;
    bool form = false;          ///< of OAuth
    yyjson_val* body = nullptr; ///< the schema of a JSON body
    std::vector<ApiParameter> query;
    std::vector<ApiParameter> places; ///< of the path
    std::set<int> statuses;
};

class ApiDocument {
  public:
    /// Throws where it is no OpenAPI document.
    explicit ApiDocument(std::string_view json);

    [[nodiscard]] const std::vector<ApiOperation>& operations() const { return operations_; }
    [[nodiscard]] FlatSchema flat(yyjson_val* schema) const;

  private:
    [[nodiscard]] yyjson_val* resolve(yyjson_val* value) const;
    void add_to(FlatSchema& flat, yyjson_val* schema, int depth) const;
    void add_keyword(FlatSchema& flat, std::string_view keyword, yyjson_val* value,
                     int depth) const;
    void add_parameters(ApiOperation& operation, yyjson_val* list) const;

    std::unique_ptr<yyjson_doc, decltype(&yyjson_doc_free)> document_;
    std::vector<ApiOperation> operations_;
};

/// A value as JSON, as it is in the document or in an answer.
[[nodiscard]] std::string json_of(yyjson_val* value);

} // namespace haven::test
