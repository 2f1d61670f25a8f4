#pragma once

#include "server/config.hpp"
#include "server/http/message.hpp"

/// What browsers are told about every answer: what it may do where it is shown, who else may read
/// it, and that it is asked for by TLS alone. Pure.
namespace haven::http {

/// A field that the answer has already stays as it is.
void add_browser_fields(const ServerConfig& config, const RequestHead& head, Response& response);

} // namespace haven::http
