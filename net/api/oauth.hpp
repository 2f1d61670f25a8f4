#pragma once

#include "bilateral/stroke.hpp"
#include "net/api/records.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What a headset and the server's OAuth endpoints say to each other (RFC 6749, 8628, 7009), and
/// how a headset keeps what came of it. Any thread.
namespace haven::api {

inline constexpr std::string_view form_media_type = "application/x-www-form-urlencoded";
inline constexpr std::string_view device_authorization_path = "/oauth/device_authorization";
inline constexpr std::string_view oauth_token_path = "/oauth/token";
inline constexpr std::string_view oauth_revocation_path = "/oauth/revoke";
inline constexpr std::string_view headset_client_id = "haven-xr"; ///< a public client
inline constexpr std::string_view drawing_scope = "drawing";      ///< what a headset may do
inline constexpr std::string_view device_code_grant =
    "urn:ietf:params:oauth:grant-type:device_code";

/// The answer of POST /oauth/device_authorization.
struct DeviceAuthorization {
    std::string device_code;
    std::string user_code;
    std::string verification_uri;
    std::optional<std::string> verification_uri_complete; ///< with the code in it
    std::int64_t expires_in = 0;                          ///< seconds
    std::int64_t interval = 5;                            ///< seconds from one question to the next
};

/// The answer of POST /oauth/token.
struct OAuthTokens {
    std::string access_token;
    std::string token_type;
    std::int64_t expires_in = 0; ///< seconds
    std::string refresh_token;   ///< spent for the next ones
};

/// What ties a headset to a person's account, until the server or somebody ends it.
struct DeviceLink {
    std::int64_t version = 1; ///< of its form (net/uploader/FORMAT-link.md)
    std::string id;           ///< of this linking, made here: no secret, and no token
    std::string server_url;   ///< as net/uploader/server_url.hpp gives it
    Uuid server_id;
    Uuid user_id;
    std::string access_token;
    TimeUs renew_at = 0; ///< the access token is renewed from then on; by this machine's clock
    std::string refresh_token;
    friend bool operator==(const DeviceLink&, const DeviceLink&) = default;
};

using Form = std::vector<std::pair<std::string_view, std::string>>;
/// A body of form_media_type.
[[nodiscard]] std::string encode_form(const Form& fields);

[[nodiscard]] Decoded<DeviceAuthorization> decode_device_authorization(std::string_view body);
[[nodiscard]] Decoded<OAuthTokens> decode_oauth_tokens(std::string_view body);
[[nodiscard]] Decoded<DeviceLink> decode_device_link(std::string_view text);
[[nodiscard]] std::string encode(const DeviceLink& link);

/// The error of RFC 6749 5.2 that an answer tells: "invalid_grant". Nothing where it tells none.
[[nodiscard]] std::optional<std::string> oauth_error(int status, std::string_view content_type,
                                                     std::string_view body);

} // namespace haven::api
