#pragma once

#include "net/api/records.hpp"
#include "server/http/application.hpp"
#include "server/http/routes.hpp"
#include "server/store/rows.hpp"

#include <boost/asio/awaitable.hpp>

/// Drawings made with both hands, and the pictures of them.
namespace haven::vr {

/// Stores the ink as it came. What it holds is proved first; then its three canvases go into the
/// object store, then the row is written: a row never names a canvas that is not there.
[[nodiscard]] boost::asio::awaitable<http::Answer> put_drawing(http::Exchange& exchange);
[[nodiscard]] boost::asio::awaitable<http::Answer> get_drawing(http::Exchange& exchange);
[[nodiscard]] boost::asio::awaitable<http::Answer> list_drawings(http::Exchange& exchange);
/// {sheet}: left, right or combined.
[[nodiscard]] boost::asio::awaitable<http::Answer> get_canvas(http::Exchange& exchange);

[[nodiscard]] api::StoredBilateralDrawing stored_drawing(const store::Row& row);

} // namespace haven::vr
