#pragma once

#include "bilateral/stroke.hpp"
#include "server/auth/scopes.hpp"
#include "server/store/actor.hpp"

#include <chrono>
#include <string>

namespace haven::auth {

/// Who asks: whom a valid token belongs to, and what it may do for them.
struct Principal {
    using Clock = std::chrono::steady_clock;

    store::Actor actor;
    std::string token;      ///< as presented; only its hash is ever stored
    bool by_cookie = false; ///< of a browser, which sends it whoever makes it ask
    Uuid family;            ///< the log-in that it hangs on
    Scopes scopes = 0;
    std::string factors;                    ///< by which they showed who they are: "password"
    Clock::time_point authenticated_at;     ///< when they did
    Clock::time_point since = Clock::now(); ///< when the token was looked at
};

} // namespace haven::auth
