#include "server/http/routes.hpp"

#include "bilateral/stroke.hpp"
#include "server/auth/scopes.hpp"
#include "server/http/message.hpp"
#include "server/store/actor.hpp"

#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace haven::http {
namespace {

std::string_view take_segment(std::string_view& path) {
    path.remove_prefix(1); // the '/'
    const std::string_view segment = path.substr(0, path.find('/'));
    path.remove_prefix(segment.size());
    return segment;
}

} // namespace

Who who_is(const store::Actor& actor) {
    switch (actor.kind) {
    case store::ActorKind::user:
        return who::users;
    case store::ActorKind::service:
        return who::services;
    case store::ActorKind::clinician:
        return actor.role == "supervisor" ? who::supervisors
               : actor.role == "senior"   ? who::seniors ^ who::supervisors
               : actor.role == "reviewer" ? who::reviewers ^ who::seniors
                                          : who::anyone; // a role nobody knows opens nothing
    case store::ActorKind::gate:
    case store::ActorKind::job:
        return who::anyone; // nobody's token is theirs
    }
    std::unreachable();
}

auth::Scopes scopes_of(store::ActorKind kind) {
    switch (kind) {
    case store::ActorKind::user:
        return scope::of_user;
    case store::ActorKind::clinician:
        return scope::of_clinician;
    case store::ActorKind::service:
        return scope::of_service;
    case store::ActorKind::gate:
    case store::ActorKind::job:
        return 0;
    }
    std::unreachable();
}

std::optional<Places> match_path(std::string_view pattern, std::string_view path) {
    Places places;
    while (pattern.starts_with('/') && path.starts_with('/')) {
        const std::string_view wanted = take_segment(pattern);
        const std::string_view given = take_segment(path);
        if (wanted == "{id}") {
            places.id = parse_uuid(given);
            if (!places.id) {
                return std::nullopt;
            }
        } else if (wanted.starts_with('{')) {
            if (given.empty()) {
                return std::nullopt;
            }
            places.others.emplace_back(given);
        } else if (wanted != given) {
            return std::nullopt;
        }
    }
    if (!pattern.empty() || !path.empty()) {
        return std::nullopt;
    }
    return places;
}

std::expected<Match, NoMatch> find_route(std::span<const Route> routes, std::string_view method,
                                         std::string_view path) {
    NoMatch none;
    for (const Route& route : routes) {
        auto places = match_path(route.path, path);
        if (!places) {
            continue;
        }
        if (to_string(route.method) == method) {
            return Match{.route = &route, .places = std::move(*places)};
        }
        none.allow += none.allow.empty() ? "OPTIONS" : "";
        none.allow += route.method == Method::get ? ", HEAD, " : ", ";
        none.allow += to_string(route.method);
    }
    return std::unexpected(std::move(none));
}

} // namespace haven::http
