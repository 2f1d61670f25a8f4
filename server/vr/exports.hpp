#pragma once

#include "server/http/application.hpp"
#include "server/http/routes.hpp"

#include <boost/asio/awaitable.hpp>

/// What was drawn, and how, to take along: in forms that other programs open. Made of what is kept
/// when somebody asks; nothing of it is stored.
namespace haven::vr {

/// The ink as a mesh: glTF 2.0, in one binary file.
[[nodiscard]] boost::asio::awaitable<http::Answer> get_model(http::Exchange& exchange);
/// The ink from the front, as an SVG.
[[nodiscard]] boost::asio::awaitable<http::Answer> get_view(http::Exchange& exchange);
/// The motion as a table, in pieces.
[[nodiscard]] boost::asio::awaitable<http::Answer> get_trace_table(http::Exchange& exchange);

} // namespace haven::vr
