#pragma once

#include "server/http/routes.hpp"
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"

#include <string>
#include <vector>

namespace haven::test {

/// A person with a row of every kind the API writes, and who has to do with them: a reviewer who
/// cares for them, a supervisor, a service. For tests that go through every route.
struct OneLife {
    explicit OneLife(const TestServer& server);

    /// The path of a route with the ids of this life at its places.
    [[nodiscard]] std::string path_of(const http::Route& route) const;
    /// Those who may call the route.
    [[nodiscard]] std::vector<HttpClient*> callers(const http::Route& route);

    HttpClient user;
    HttpClient reviewer;
    HttpClient supervisor;
    HttpClient service;
    Ids ids;
    std::string text_exercise = new_id(); ///< with an artifact; it still goes on
    std::string artifact = new_id();      ///< a text, with a draft of its next version
    std::string intent = new_id();
    std::string reflection = new_id();
    std::string screening = new_id(); ///< a red one: `crisis` and `escalation` came of it
    std::string crisis;
    std::string escalation;
    std::string device; ///< the person's log-in
    std::string consent = new_id();
    std::string notification = new_id();
    std::string reminder = new_id();
    std::string agent_output = new_id();
    std::string prompt = "TJ-EX-SPRINT-v1";
    std::string text_hash = sha256_hex("calm\nBreathe.");
    std::string day = "2026-11-22";
    std::string webhook = new_id();
};

} // namespace haven::test
