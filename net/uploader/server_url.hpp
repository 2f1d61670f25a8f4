#pragma once

#include <expected>
#include <string>
#include <string_view>

namespace haven::uploader {

struct ServerUrl {
    std::string address; ///< without a slash at its end
    bool this_machine = false;
};

/// The server's address, or why a client must not speak to it: it is https, or http to this machine
/// itself; no user, query or fragment, so that no secret can stand in it.
[[nodiscard]] std::expected<ServerUrl, std::string> checked_server_url(std::string_view url);

} // namespace haven::uploader
