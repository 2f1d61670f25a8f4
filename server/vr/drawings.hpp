#pragma once

#include "server/http/application.hpp"
#include "server/http/routes.hpp"

#include <boost/asio/awaitable.hpp>

/// Drawings made with both hands, and the pictures of them.
namespace haven::vr {

/// Stores the ink as it came; what it holds is proved first. The row names its three canvases,
/// which are drawn after the answer, or when somebody asks for one.
[[nodiscard]] boost::asio::awaitable<http::Answer> put_drawing(http::Exchange& exchange);
/// {sheet}: left, right, combined, or thumbnail: the combined one made small, which is not kept.
[[nodiscard]] boost::asio::awaitable<http::Answer> get_canvas(http::Exchange& exchange);

} // namespace haven::vr
