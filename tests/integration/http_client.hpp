#pragma once

#include "server/http/routes.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

/// How the tests speak to the server: as any client would.
namespace haven::test {

struct Reply {
    int status = 0; ///< 0: no answer
    std::string body;
    std::map<std::string, std::string> headers; ///< names in lower case
    std::string error;                          ///< libcurl's, where there was no answer

    /// The value of a member at the body's top, without its quotes; empty if there is none.
    [[nodiscard]] std::string member(std::string_view name) const;
    [[nodiscard]] bool points_to(std::string_view pointer) const;
    /// The body without the part that differs from request to request.
    [[nodiscard]] std::string body_without_request_id() const;
};

/// What such a body comes with: its media type, and, where it asks for one, an If-Match that takes
/// whatever is there.
[[nodiscard]] std::vector<std::string> usual_headers(const http::BodyRule& rule);
/// Of a path that is no route's: as if it took JSON.
[[nodiscard]] std::vector<std::string> usual_headers(std::string_view method,
                                                     std::string_view path);

/// libcurl, one connection kept alive. One thread.
class HttpClient {
  public:
    explicit HttpClient(std::string base_url, std::string ca_file = {});
    /// Asks them in turn.
    explicit HttpClient(std::vector<std::string> base_urls, std::string ca_file = {});
    HttpClient(HttpClient&&) noexcept;
    ~HttpClient();

    std::string token;     ///< sent as a bearer token where not empty
    std::string id;        ///< of the token's bearer
    bool described = true; ///< what it asks is in the API's document

    Reply get(const std::string& path);
    Reply put(const std::string& path, std::string_view json);
    Reply post(const std::string& path, std::string_view json);
    Reply patch(const std::string& path, std::string_view json);
    Reply remove(const std::string& path);
    Reply send(const std::string& method, const std::string& path, std::string_view body,
               const std::vector<std::string>& headers);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// A bare TCP connection to 127.0.0.1, for what no well-behaved client sends.
class RawConnection {
  public:
    explicit RawConnection(std::uint16_t port);
    RawConnection(RawConnection&& other) noexcept;
    RawConnection(const RawConnection&) = delete;
    RawConnection& operator=(const RawConnection&) = delete;
    RawConnection& operator=(RawConnection&&) = delete;
    ~RawConnection();

    void send(std::string_view bytes) const;
    /// What comes until the server closes, or at most 20 s.
    [[nodiscard]] std::string read_to_end() const;
    /// What comes within this time; empty if nothing does.
    [[nodiscard]] std::string read_within(std::chrono::milliseconds time_max) const;
    /// The same without taking it.
    [[nodiscard]] std::string peek(std::chrono::milliseconds time_max) const;
    /// One answer with a Content-Length.
    [[nodiscard]] std::string read_answer() const;

  private:
    [[nodiscard]] bool read_more(std::string& bytes) const;
    int socket_ = -1;
};

} // namespace haven::test
