#pragma once

#include "server/http/application.hpp"
#include "server/http/routes.hpp"

#include <boost/asio/awaitable.hpp>

/// The motion trace of a drawing: sent in chunks by offset, proved whole, and kept only with its
/// own consent.
namespace haven::vr {

[[nodiscard]] boost::asio::awaitable<http::Answer> get_trace(http::Exchange& exchange);
/// {offset}: where in the trace the chunk begins.
[[nodiscard]] boost::asio::awaitable<http::Answer> put_trace_chunk(http::Exchange& exchange);
[[nodiscard]] boost::asio::awaitable<http::Answer> complete_trace(http::Exchange& exchange);

} // namespace haven::vr
