// Every role, with every scope that its tokens may have, at every route.
#include "server/auth/scopes.hpp"
#include "server/http/routes.hpp"
#include "server/http/routing_table.hpp"
#include "server/store/actor.hpp"
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/integration/one_life.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <format>
#include <string>
#include <utility>
#include <vector>

namespace haven::test {
namespace {

struct Bearer {
    std::string name;
    store::Actor actor;
    auth::Scopes scope = 0;
    HttpClient client;
};

std::vector<Bearer> bearers_of(const TestServer& server, OneLife& life) {
    std::vector<Bearer> bearers;
    const auto add = [&](const char* column, const HttpClient& who, const store::Actor& actor) {
        const auth::Scopes all = http::scopes_of(actor.kind);
        for (auth::Scopes scope = 1; scope <= all; scope <<= 1U) {
            if ((all & scope) != 0) {
                const std::string name = auth::to_string(scope);
                bearers.push_back(
                    {.name = std::format("{} {} with {}", store::to_string(actor.kind), actor.role,
                                         name),
                     .actor = actor,
                     .scope = scope,
                     .client = server.token_for(column, who.id, name)});
            }
        }
    };
    using enum store::ActorKind;
    add("user_id", life.user, {.kind = user, .id = {}, .role = {}});
    add("clinician_id", life.reviewer, {.kind = clinician, .id = {}, .role = "reviewer"});
    add("clinician_id", life.supervisor, {.kind = clinician, .id = {}, .role = "supervisor"});
    add("service_id", life.service, {.kind = service, .id = {}, .role = {}});
    return bearers;
}

TEST(ScopeMatrix, ARouteIsForItsRolesWithOneOfItsScopesAndForNobodyElse) {
    const TempDirectory directory;
    const TestServer server({}, without_rates(directory));
    OneLife life(server);
    std::vector<Bearer> bearers = bearers_of(server, life);
    ASSERT_EQ(bearers.size(), 17U);
    std::size_t let_in = 0;
    std::size_t kept_out = 0;
    for (const http::Route& route : http::api_routes()) {
        if (route.policy.who == http::who::anyone) {
            continue;
        }
        const std::string method(http::to_string(route.method));
        const std::string path = life.path_of(route);
        // Nobody knows the parameter: who is let in is told so, and nothing is done.
        const std::string target = path + (path.contains('?') ? "&" : "?") + "zz=1";
        for (Bearer& bearer : bearers) {
            const Reply reply = bearer.client.send(method, target, "", {});
            const std::string what =
                std::format("{} {} by a {}: {}", method, route.path, bearer.name, reply.body);
            const bool is_for_them = (route.policy.who & http::who_is(bearer.actor)) != 0;
            const bool has_scope = (route.policy.scopes & bearer.scope) != 0;
            EXPECT_EQ(reply.status, is_for_them && has_scope ? 400 : 403) << what;
            EXPECT_EQ(reply.headers.contains("www-authenticate"), is_for_them && !has_scope)
                << what;
            ++(is_for_them && has_scope ? let_in : kept_out);
        }
    }
    EXPECT_GT(let_in, 200U);
    EXPECT_GT(kept_out, 1000U);
}

} // namespace
} // namespace haven::test
