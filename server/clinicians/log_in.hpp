#pragma once

#include "server/http/application.hpp"
#include "server/http/routes.hpp"

#include <boost/asio/awaitable.hpp>

namespace haven::clinicians {

/// POST /v1/clinicians/tokens. Unknown addresses, wrong passwords and inactive clinicians answer
/// alike, in the same time.
[[nodiscard]] boost::asio::awaitable<http::Answer> log_in(http::Exchange& exchange);

} // namespace haven::clinicians
