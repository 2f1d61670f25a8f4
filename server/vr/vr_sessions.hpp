#pragma once

#include "net/api/records.hpp"
#include "server/http/application.hpp"
#include "server/http/routes.hpp"
#include "server/store/rows.hpp"

#include <boost/asio/awaitable.hpp>

/// The time in the headset: where, with what, how well it ran.
namespace haven::vr {

[[nodiscard]] boost::asio::awaitable<http::Answer> put_vr_session(http::Exchange& exchange);
[[nodiscard]] boost::asio::awaitable<http::Answer> put_metrics(http::Exchange& exchange);
[[nodiscard]] boost::asio::awaitable<http::Answer> end_vr_session(http::Exchange& exchange);
[[nodiscard]] boost::asio::awaitable<http::Answer> get_vr_session(http::Exchange& exchange);
[[nodiscard]] boost::asio::awaitable<http::Answer> list_vr_sessions(http::Exchange& exchange);

[[nodiscard]] api::StoredVrSession stored_vr_session(const store::Row& row);

} // namespace haven::vr
