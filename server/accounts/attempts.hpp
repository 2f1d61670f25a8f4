#pragma once

#include "server/http/problem.hpp"

#include <chrono>
#include <string>

namespace haven::accounts {

/// For who has tried too often.
[[nodiscard]] inline http::Problem too_many_attempts(std::chrono::seconds wait) {
    return {.type = http::ProblemType::too_many_requests,
            .detail = "Wait for the time in Retry-After, then try again.",
            .headers = {{"Retry-After", std::to_string(wait.count())}}};
}

} // namespace haven::accounts
