#pragma once

#include "net/api/oauth.hpp"
#include "net/uploader/http_client.hpp"
#include "net/uploader/link_file.hpp"

#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <string>

/// Linking a headset to a person's account, and ending that (RFC 8628, 7009): the headset shows a
/// code, and the person who has it allows it where they are logged in. One thread; it waits.
namespace haven::uploader {

/// Whoever runs it. `show` is called once, `tell` of each trouble that is gone on after, and `wait`
/// for each pause; where it gives false, linking is given up.
struct LinkingHost {
    std::function<void(const api::DeviceAuthorization&)> show;
    std::function<void(const std::string&)> tell;
    std::function<bool(std::chrono::milliseconds)> wait;
    std::function<std::chrono::steady_clock::time_point()> now = std::chrono::steady_clock::now;
};

enum class LinkingEnd : std::uint8_t {
    given_up, ///< by whoever runs it
    denied,   ///< by the person
    too_late, ///< nobody allowed it in time
    failed,
};

struct LinkingFailure {
    LinkingEnd end = LinkingEnd::failed;
    std::string why; ///< what, and what to do; no secret
};

/// Asks the server, and goes on asking until somebody has decided or it is too late, whatever the
/// network does. What it gives is durable in `file`; what was there before stays until then.
[[nodiscard]] std::expected<api::DeviceLink, LinkingFailure>
link_headset(HttpClient& http, const std::string& server_url, const std::string& device_name,
             const LinkFile& file, const LinkingHost& host);

/// Tells the server that the link is over. The error says why it could not be told.
[[nodiscard]] std::expected<void, std::string> revoke(HttpClient& http,
                                                      const api::DeviceLink& link);

} // namespace haven::uploader
