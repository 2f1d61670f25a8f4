#pragma once

#include "net/api/limits.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace haven::uploader {

struct HttpConfig {
    std::string server_url; ///< "https://host[:port]"; plain http only to this machine itself
    std::optional<std::filesystem::path> ca_file; ///< PEM, in place of the system's authorities
    std::chrono::milliseconds connect_timeout{10'000};
    /// A request may take as long as it moves. It is given up after so long below this rate, which
    /// no server takes either; longer than one holds it in line and then has it at work.
    std::chrono::seconds low_speed_time = 2 * api::admission_wait_max + std::chrono::seconds(60);
    std::int64_t low_speed_bytes_per_s = api::body_rate_min_bytes_per_s;
    std::size_t response_bytes_max = std::size_t{4} << 20U;
};

struct HttpRequest {
    std::string method = "GET";
    std::string path; ///< begins with '/', holds no secret
    std::string content_type;
    std::string body;
    std::vector<std::string> headers; ///< "Name: value"
};

struct HttpResponse {
    int status = 0;
    std::string content_type;
    std::string body;
    std::optional<std::chrono::milliseconds> retry_after;
};

struct HttpError {
    std::string message; ///< what, where and what to do; no secret
};

using HttpResult = std::expected<HttpResponse, HttpError>;

/// HTTP/1.1 by libcurl, one request at a time, on one kept-alive connection. Certificates are
/// always checked; redirects are answers, not followed. One thread owns it; wake() is for any.
class HttpClient {
  public:
    [[nodiscard]] static std::expected<HttpClient, HttpError> create(const HttpConfig& config);
    HttpClient(HttpClient&&) noexcept;
    HttpClient& operator=(HttpClient&&) noexcept;
    ~HttpClient();

    /// Sent as "Authorization: Bearer"; empty: none. Never logged, never in an error.
    void set_token(std::string token);

    /// Sends and waits for the answer.
    [[nodiscard]] HttpResult perform(HttpRequest request);

    /// The same without waiting: begin(), then poll() until it gives the answer.
    void begin(HttpRequest request); ///< only when not busy
    [[nodiscard]] bool busy() const;
    [[nodiscard]] std::optional<HttpResult> poll();
    void cancel();

    /// Waits until there may be something to poll, someone calls wake(), or the time is over.
    void wait(std::chrono::milliseconds wait_max);
    void wake(); ///< any thread; does not block

  private:
    struct Impl;
    explicit HttpClient(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace haven::uploader
