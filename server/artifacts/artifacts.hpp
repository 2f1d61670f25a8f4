#pragma once

#include "server/http/routes.hpp"

#include <span>

/// What a person makes in an exercise: a text, a recording, a picture, motion. First its facts and,
/// for a text, the text; then the file by itself. What is sealed (asked for by the client, and
/// always above the sensitivity `standard`) is kept sealed in the database and in the object store,
/// under the person's own key, and is given back in clear to that person alone.
namespace haven::artifacts {

[[nodiscard]] std::span<const http::Route> routes();

} // namespace haven::artifacts
