#include "net/uploader/server_url.hpp"

#include <curl/curl.h> // IWYU pragma: keep (urlapi.h does not stand alone)
#include <curl/urlapi.h>
#include <expected>
#include <format>
#include <memory>
#include <string>
#include <string_view>

namespace haven::uploader {
namespace {

struct FreeUrl {
    void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

std::string part_of(CURLU* url, CURLUPart part) {
    char* text = nullptr;
    if (curl_url_get(url, part, &text, 0) != CURLUE_OK) {
        return {};
    }
    std::string copy(text);
    curl_free(text);
    return copy;
}

bool is_this_machine(std::string_view host) {
    const bool numeric = host.find_first_not_of("0123456789.") == std::string_view::npos;
    return host == "localhost" || host == "[::1]" || (numeric && host.starts_with("127."));
}

} // namespace

std::expected<ServerUrl, std::string> checked_server_url(std::string_view text) {
    const std::unique_ptr<CURLU, FreeUrl> url(curl_url());
    if (curl_url_set(url.get(), CURLUPART_URL, std::string(text).c_str(), 0) != CURLUE_OK) {
        // Not repeated: whatever it is, it may hold a secret.
        return std::unexpected("the server's URL cannot be read; it looks like "
                               "https://haven.example.org");
    }
    if (!part_of(url.get(), CURLUPART_USER).empty() ||
        !part_of(url.get(), CURLUPART_PASSWORD).empty() ||
        !part_of(url.get(), CURLUPART_QUERY).empty() ||
        !part_of(url.get(), CURLUPART_FRAGMENT).empty()) {
        return std::unexpected("the server's URL must hold no user, password, query or fragment; "
                               "the token goes in a file of its own");
    }
    const std::string scheme = part_of(url.get(), CURLUPART_SCHEME);
    const std::string host = part_of(url.get(), CURLUPART_HOST);
    if (scheme != "https" && (scheme != "http" || !is_this_machine(host))) {
        return std::unexpected(std::format("the server {} must be reached by https; plain http is "
                                           "for this machine itself alone",
                                           host));
    }
    ServerUrl server{.address = part_of(url.get(), CURLUPART_URL),
                     .this_machine = is_this_machine(host)};
    while (server.address.ends_with('/')) {
        server.address.pop_back();
    }
    return server;
}

} // namespace haven::uploader
