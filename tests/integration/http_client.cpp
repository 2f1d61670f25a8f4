#include "tests/integration/http_client.hpp"

#include "server/http/routing_table.hpp"

#include "tests/integration/described.hpp"

#include <curl/curl.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <format>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::test {
namespace {

std::size_t take_body(char* data, std::size_t size, std::size_t count, void* reply) {
    static_cast<Reply*>(reply)->body.append(data, size * count);
    return size * count;
}

std::size_t take_header(char* data, std::size_t size, std::size_t count, void* reply) {
    const std::string_view line(data, size * count);
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos) {
        std::string name(line.substr(0, colon));
        std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
        std::string_view value = line.substr(colon + 1);
        value = value.substr(0, value.find_last_not_of("\r\n") + 1);
        value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
        static_cast<Reply*>(reply)->headers[name] = value;
    }
    return size * count;
}

} // namespace

std::string Reply::member(std::string_view name) const {
    const std::string key = std::format("\"{}\":", name);
    std::size_t begin = body.find(key);
    if (begin == std::string::npos) {
        return {};
    }
    begin += key.size();
    begin += begin < body.size() && body[begin] == ' ' ? 1 : 0;
    const bool quoted = body[begin] == '"';
    begin += quoted ? 1 : 0;
    return body.substr(begin, body.find_first_of(quoted ? "\"" : ",}]", begin) - begin);
}

bool Reply::points_to(std::string_view pointer) const {
    return body.find(std::format("\"pointer\":\"{}\"", pointer)) != std::string::npos;
}

std::string Reply::body_without_request_id() const {
    return body.substr(0, body.find("\"request_id\""));
}

std::vector<std::string> usual_headers(std::string_view method, std::string_view path) {
    const auto match = http::find_route(http::api_routes(), method, path.substr(0, path.find('?')));
    return usual_headers(match ? match->route->body : http::json_body);
}

std::vector<std::string> usual_headers(const http::BodyRule& rule) {
    std::vector<std::string> headers;
    switch (rule.kind) {
    case http::BodyKind::none:
    case http::BodyKind::json:
        headers.emplace_back(rule.merges ? "Content-Type: application/merge-patch+json"
                                         : "Content-Type: application/json");
        break;
    case http::BodyKind::octets:
        headers.emplace_back("Content-Type: application/octet-stream");
        break;
    case http::BodyKind::form:
        headers.emplace_back("Content-Type: application/x-www-form-urlencoded");
        break;
    }
    if (rule.if_match()) {
        headers.emplace_back("If-Match: *");
    }
    return headers;
}

struct HttpClient::Impl {
    std::vector<std::string> base_urls;
    std::string ca_file;
    std::size_t asked = 0;
    CURL* curl = curl_easy_init();

    Impl(std::vector<std::string> urls, std::string ca)
        : base_urls(std::move(urls)), ca_file(std::move(ca)) {}
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    ~Impl() { curl_easy_cleanup(curl); }
};

HttpClient::HttpClient(std::string base_url, std::string ca_file)
    : HttpClient(std::vector{std::move(base_url)}, std::move(ca_file)) {}
HttpClient::HttpClient(std::vector<std::string> base_urls, std::string ca_file)
    : impl_(std::make_unique<Impl>(std::move(base_urls), std::move(ca_file))) {}
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient::~HttpClient() = default;

Reply HttpClient::get(const std::string& path) {
    return send("GET", path, {}, {});
}

Reply HttpClient::put(const std::string& path, std::string_view json) {
    return send("PUT", path, json, usual_headers("PUT", path));
}

Reply HttpClient::post(const std::string& path, std::string_view json) {
    return send("POST", path, json, usual_headers("POST", path));
}

Reply HttpClient::patch(const std::string& path, std::string_view json) {
    return send("PATCH", path, json, usual_headers("PATCH", path));
}

Reply HttpClient::remove(const std::string& path) {
    return send("DELETE", path, {}, usual_headers("DELETE", path));
}

Reply HttpClient::send(const std::string& method, const std::string& path, std::string_view body,
                       const std::vector<std::string>& headers) {
    Reply reply;
    CURL* const curl = impl_->curl;
    curl_easy_reset(curl); // keeps the connection
    const std::string& base_url = impl_->base_urls[impl_->asked++ % impl_->base_urls.size()];
    curl_easy_setopt(curl, CURLOPT_URL, (base_url + path).c_str());
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method.c_str());
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, 120'000L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &reply);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &reply);
    if (!impl_->ca_file.empty()) {
        curl_easy_setopt(curl, CURLOPT_CAINFO, impl_->ca_file.c_str());
    }
    curl_slist* list = nullptr;
    if (!token.empty()) {
        list = curl_slist_append(list, ("Authorization: Bearer " + token).c_str());
    }
    for (const std::string& header : headers) {
        list = curl_slist_append(list, header.c_str());
    }
    if (method == "PUT" || method == "POST" || method == "PATCH") {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.data());
    }
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
    const CURLcode code = curl_easy_perform(curl);
    curl_slist_free_all(list);
    if (code != CURLE_OK) {
        reply.error = curl_easy_strerror(code);
        return reply;
    }
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    reply.status = static_cast<int>(status);
    if (described) {
        expect_described(method, path, reply);
    }
    return reply;
}

RawConnection::RawConnection(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval time_max{.tv_sec = 20, .tv_usec = 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &time_max, sizeof time_max);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        ::close(socket_);
        throw std::runtime_error("nothing listens there");
    }
}

RawConnection::RawConnection(RawConnection&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)) {}

RawConnection::~RawConnection() {
    if (socket_ >= 0) {
        ::close(socket_);
    }
}

void RawConnection::send(std::string_view bytes) const {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) {
            return; // the server has had enough: its answer says why
        }
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

bool RawConnection::read_more(std::string& bytes) const {
    std::array<char, 16384> buffer{};
    const ssize_t got = ::recv(socket_, buffer.data(), buffer.size(), 0);
    if (got > 0) {
        bytes.append(buffer.data(), static_cast<std::size_t>(got));
    }
    return got > 0;
}

std::string RawConnection::read_to_end() const {
    std::string bytes;
    while (read_more(bytes)) {
    }
    return bytes;
}

std::string RawConnection::read_within(std::chrono::milliseconds time_max) const {
    pollfd readable{.fd = socket_, .events = POLLIN, .revents = 0};
    std::string bytes;
    if (::poll(&readable, 1, static_cast<int>(time_max.count())) > 0) {
        (void)read_more(bytes);
    }
    return bytes;
}

std::string RawConnection::peek(std::chrono::milliseconds time_max) const {
    pollfd readable{.fd = socket_, .events = POLLIN, .revents = 0};
    std::array<char, 64> bytes{};
    if (::poll(&readable, 1, static_cast<int>(time_max.count())) <= 0) {
        return {};
    }
    const ssize_t got = ::recv(socket_, bytes.data(), bytes.size(), MSG_PEEK);
    return {bytes.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0))};
}

std::string RawConnection::read_answer() const {
    std::string bytes;
    std::size_t wanted = std::string::npos;
    while (bytes.size() < wanted && read_more(bytes)) {
        const std::size_t end = bytes.find("\r\n\r\n");
        const std::size_t length = bytes.find("Content-Length: ");
        if (end != std::string::npos && length < end) {
            wanted = end + 4 + static_cast<std::size_t>(std::atoll(bytes.c_str() + length + 16));
        }
    }
    return bytes;
}

} // namespace haven::test
