#pragma once

#include "server/http/application.hpp"
#include "server/http/routes.hpp"

#include <boost/asio/awaitable.hpp>

/// A text while it is written: saved again and again, sealed, for its person alone.
namespace haven::artifacts {

[[nodiscard]] boost::asio::awaitable<http::Answer> put_draft(http::Exchange& exchange);
[[nodiscard]] boost::asio::awaitable<http::Answer> get_draft(http::Exchange& exchange);
[[nodiscard]] boost::asio::awaitable<http::Answer> get_draft_version(http::Exchange& exchange);
/// The draft becomes the artifact, or the next version of it.
[[nodiscard]] boost::asio::awaitable<http::Answer> finish_draft(http::Exchange& exchange);

} // namespace haven::artifacts
