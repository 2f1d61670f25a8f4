#pragma once

#include "net/api/records.hpp"
#include "server/http/problem.hpp"
#include "server/http/routes.hpp"
#include "server/http/schema.hpp"

#include <expected>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

/// The description of the API, held against what is sent: the OpenAPI document is the one place
/// where the form of a request stands.
namespace haven::http {

/// What the document says of one operation's request.
struct OperationContract {
    struct Parameter {
        const Schema* schema = nullptr;
        bool required = false;
        std::optional<std::string> when_absent = {}; ///< its `default`
    };
    const Schema* body = nullptr; ///< null: no JSON body
    std::map<std::string, Parameter, std::less<>> query;
};

class Contract {
  public:
    /// The error names what in the document is not understood.
    [[nodiscard]] static std::expected<Contract, std::string> read(std::string_view openapi_json);

    /// Null where the document does not have the route.
    [[nodiscard]] const OperationContract* find(const Route& route) const;

  private:
    SchemaPool schemas_;
    std::map<std::pair<std::string, std::string>, OperationContract> operations_; ///< method, path
};

/// The query as JSON, {"name":"text"} in the order of the names, once it is what the contract says:
/// every parameter known and of its form, the required ones there, none twice, `to` after `from`.
/// Of an array each value is a parameter of its own, and they are {"name":["text"]}. Numbers, times
/// and ids are in one spelling; what is not there has the contract's default, if there is one.
[[nodiscard]] std::expected<std::string, Problem> read_query(const OperationContract& contract,
                                                             std::string_view query);

} // namespace haven::http
