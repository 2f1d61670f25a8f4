#pragma once

#include "bilateral/stroke.hpp"
#include "net/api/limits.hpp"
#include "server/auth/scopes.hpp"
#include "server/http/message.hpp"
#include "server/store/actor.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
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

/// Who may call a route: a set.
using Who = std::uint8_t;
namespace who {
inline constexpr Who anyone = 0; ///< without a token
inline constexpr Who users = 1;
inline constexpr Who supervisors = 2;
inline constexpr Who seniors = 4 | supervisors;
inline constexpr Who reviewers = 8 | seniors; ///< every clinician
inline constexpr Who services = 16;
inline constexpr Who signed_in = users | reviewers | services;
} // namespace who

/// The set that holds this actor alone.
[[nodiscard]] Who who_is(const store::Actor& actor);

/// Those that such an actor's token may have.
[[nodiscard]] auth::Scopes scopes_of(store::ActorKind kind);

namespace scope = auth::scope;

/// Who may call a route and with which token, and what the audit log says of it. It cannot be left
/// out: it has no default constructor, so a route without a policy does not build.
struct Policy {
    Who who;
    auth::Scopes scopes; ///< a token needs one of them
    /// Since the bearer showed who they are; zero: no matter.
    std::chrono::seconds age_max{0};
    bool health_data;               ///< each answered call writes an audit row that says so
    std::string_view action;        ///< audit_logs.action
    std::string_view resource_type; ///< audit_logs.resource_type
    std::string_view reason;        ///< audit_logs.phi_access_reason

    [[nodiscard]] static constexpr Policy open(std::string_view action) {
        return {who::anyone, 0, false, action, {}, {}};
    }
    /// Nothing of a person's health is touched.
    [[nodiscard]] static constexpr Policy
    plain(Who who, auth::Scopes scopes, std::string_view action, std::string_view resource_type) {
        return {who, scopes, false, action, resource_type, {}};
    }
    /// Which rows are seen is row-level security's (server/store/migrations/V0009).
    [[nodiscard]] static constexpr Policy health(Who who, auth::Scopes scopes,
                                                 std::string_view action,
                                                 std::string_view resource_type,
                                                 std::string_view reason) {
        return {who, scopes, true, action, resource_type, reason};
    }
    /// For who showed a moment ago that it is them: what cannot be taken back.
    [[nodiscard]] constexpr Policy fresh() const {
        Policy policy = *this;
        policy.age_max = std::chrono::minutes(10);
        return policy;
    }

  private:
    constexpr Policy(Who who_may, auth::Scopes needed, bool is_health_data, std::string_view what,
                     std::string_view type_of_resource, std::string_view why)
        : who(who_may), scopes(needed), health_data(is_health_data), action(what),
          resource_type(type_of_resource), reason(why) {}
};

enum class BodyKind : std::uint8_t { none, json, octets, form };

/// What keeps a write from being done twice, and from undoing another one: the rule of
/// net/api/openapi.yaml, under "Writes". Each route that is no GET has one.
enum class Again : std::uint8_t {
    once,      ///< the first stands: the same again is a success, something else a conflict
    mark,      ///< goes one way: again is no different
    condition, ///< in place of what is there: with its entity-tag (RFC 9110 13.1.1)
    key,       ///< makes something each time: once with the same Idempotency-Key
    told_once, ///< likewise, and what it answers is kept nowhere
    anew,      ///< proves or asks for something, each time anew
};

struct BodyRule {
    BodyKind kind = BodyKind::none;
    std::size_t bytes_max = 0;
    std::size_t copies = 1; ///< of the body, in memory at once: 2 where it is sealed
    bool read_first = true; ///< JSON is read before its handler, which otherwise does, on a worker
    bool merges = false;    ///< JSON that is merged into what is there (RFC 7396)
    bool receipt = false;   ///< a headset's: the answer also says what arrived
    Again again = Again::mark;

    [[nodiscard]] constexpr bool if_match() const { return again == Again::condition; }
    [[nodiscard]] constexpr bool takes_key() const {
        return again == Again::key || again == Again::told_once;
    }
    [[nodiscard]] constexpr BodyRule with(Again other) const {
        BodyRule rule = *this;
        rule.again = other;
        return rule;
    }
};

inline constexpr BodyRule no_body{};
inline constexpr BodyRule json_body{
    .kind = BodyKind::json, .bytes_max = api::small_body_bytes_max, .again = Again::once};

/// What a headset writes, and lets go of once it is acknowledged.
inline constexpr BodyRule device_body{.kind = BodyKind::json,
                                      .bytes_max = api::small_body_bytes_max,
                                      .receipt = true,
                                      .again = Again::once};

/// In place of all that is there, and of a part of it.
inline constexpr BodyRule whole_body = json_body.with(Again::condition);
inline constexpr BodyRule merge_body{.kind = BodyKind::json,
                                     .bytes_max = api::small_body_bytes_max,
                                     .merges = true,
                                     .again = Again::condition};

/// Of what is deleted as it was read.
inline constexpr BodyRule on_what_was_read = no_body.with(Again::condition);

/// Where no token is asked for: an address, a name and a password, each character escaped. So small
/// that all connections together take no room that others need.
inline constexpr BodyRule open_body{
    .kind = BodyKind::json, .bytes_max = std::size_t{8} << 10U, .again = Again::anew};

/// The same for the endpoints of OAuth.
inline constexpr BodyRule form_body{
    .kind = BodyKind::form, .bytes_max = std::size_t{8} << 10U, .again = Again::anew};

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
    std::string allow; ///< what this path takes, "OPTIONS, HEAD, GET"; empty if there is none
};

[[nodiscard]] std::expected<Match, NoMatch>
find_route(std::span<const Route> routes, std::string_view method, std::string_view path);

/// What stood at the places of `pattern`, or nothing if `path` is not of its form.
[[nodiscard]] std::optional<Places> match_path(std::string_view pattern, std::string_view path);

} // namespace haven::http
