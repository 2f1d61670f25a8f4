#pragma once

#include "bilateral/stroke.hpp"
#include "server/http/message.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The routing table's words, and the search in it. Pure.
namespace haven::http {

struct Exchange; // what a handler gets (server/http/application.hpp)
struct Problem;

enum class Access : std::uint8_t { anyone, signed_in };

/// Who may call a route, and what the audit log says of it. It cannot be left out: it has no
/// default constructor, so a route without a policy does not build.
struct Policy {
    Access access;
    bool health_data;               ///< each answered call writes an audit row that says so
    std::string_view action;        ///< audit_logs.action
    std::string_view resource_type; ///< audit_logs.resource_type
    std::string_view reason;        ///< audit_logs.phi_access_reason

    [[nodiscard]] static constexpr Policy open(std::string_view action) {
        return {Access::anyone, false, action, {}, {}};
    }
    /// A token is needed; nothing of the person's health is touched.
    [[nodiscard]] static constexpr Policy account(std::string_view action,
                                                  std::string_view resource_type) {
        return {Access::signed_in, false, action, resource_type, {}};
    }
    /// A token is needed, and only rows of its own account are seen: the SQL says so, too.
    [[nodiscard]] static constexpr Policy own_health_data(std::string_view action,
                                                          std::string_view resource_type,
                                                          std::string_view reason) {
        return {Access::signed_in, true, action, resource_type, reason};
    }

  private:
    constexpr Policy(Access who, bool is_health_data, std::string_view what,
                     std::string_view type_of_resource, std::string_view why)
        : access(who), health_data(is_health_data), action(what), resource_type(type_of_resource),
          reason(why) {}
};

enum class BodyKind : std::uint8_t { none, json, octets };

struct BodyRule {
    BodyKind kind = BodyKind::none;
    std::size_t bytes_max = 0;
};

using Answer = std::expected<Response, Problem>;
using Handler = boost::asio::awaitable<Answer> (*)(Exchange&);

struct Route {
    Method method;
    std::string_view path; ///< "/v1/sessions/{id}": a {place} takes one segment; {id} takes a UUID
    Policy policy;
    BodyRule body;
    Handler handler;
};

struct Places {
    std::optional<Uuid> id;
    std::vector<std::string> others;
};

struct Match {
    const Route* route = nullptr;
    Places places;
};

struct NoMatch {
    std::string allow; ///< the methods this path takes, "GET, PUT"; empty if there is no such path
};

[[nodiscard]] std::expected<Match, NoMatch>
find_route(std::span<const Route> routes, std::string_view method, std::string_view path);

/// What stood at the places of `pattern`, or nothing if `path` is not of its form.
[[nodiscard]] std::optional<Places> match_path(std::string_view pattern, std::string_view path);

} // namespace haven::http
