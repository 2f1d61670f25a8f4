#pragma once

#include "server/http/routes.hpp"

#include <span>

/// Voices that were rendered once and are kept, with the audio in the object store.
namespace haven::speech {

[[nodiscard]] std::span<const http::Route> routes();

} // namespace haven::speech
