#pragma once

#include <expected>
#include <string>

namespace haven::store {

/// Whether what goes to the database of this URL is read by nobody on its way: a socket or a
/// loopback address of this machine, or TLS to a server whose certificate is for the name that it
/// was called by (sslmode=verify-full). As libpq understands it, with its environment and service
/// files. The error says what to add. Nothing is sent.
[[nodiscard]] std::expected<void, std::string> check_transport(const std::string& url);

/// Of a URL or a list of "name=value"; false also where libpq will say what is wrong with it.
[[nodiscard]] bool has_password(const std::string& url);

} // namespace haven::store
