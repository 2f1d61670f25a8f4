#pragma once

#include "server/http/routes.hpp"

#include <span>

/// The server's own pages: to log in, to link a device, and what letters lead to. HTML, CSS and
/// scripts of server/web/files, in the binary. They hold nothing of anybody: what they show and do
/// their scripts ask the API for, by cookie (server/auth/browser.hpp).
namespace haven::web {

[[nodiscard]] std::span<const http::Route> routes();

} // namespace haven::web
