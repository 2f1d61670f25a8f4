#include "tests/support/motion_script_player.hpp"

#include "tests/support/monado_remote.hpp"
#include "tests/support/motion_script.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <expected>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace haven::test {
namespace {

/// Listens as the driver does; what it is sent waits in the socket.
class Listener {
  public:
    Listener() : port_(free_port()), socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port_);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
            ::listen(socket_, 1) != 0) {
            throw std::runtime_error("nothing listens");
        }
    }
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;
    ~Listener() { ::close(socket_); }
    [[nodiscard]] std::uint16_t port() const { return port_; }

  private:
    std::uint16_t port_;
    int socket_;
};

MotionScript still(double seconds) {
    return {.name = "still", .seconds = seconds};
}

TEST(MotionScriptPlayer, WaitsAtEachGateUntilItOpensAndGoesOn) {
    const Listener driver;
    auto remote = MonadoRemote::connect(driver.port());
    ASSERT_TRUE(remote) << remote.error();
    std::vector<double> times_s;
    int first_asked = 0;
    int second_asked = 0;
    const PlayOptions options{
        .rate_hz = 1000.0,
        .gates = {{.at_s = 0.02, .until = "a", .open = [&] { return ++first_asked == 5; }},
                  {.at_s = 0.02, .until = "b", .open = [&] { return ++second_asked == 3; }}},
        .progress = [&](double time_s) { times_s.push_back(time_s); }};
    const auto played = play(still(0.04), *remote, options, std::stop_token());
    ASSERT_TRUE(played) << played.error();
    EXPECT_EQ(first_asked, 5);
    EXPECT_EQ(second_asked, 3);
    EXPECT_TRUE(std::ranges::is_sorted(times_s));
    EXPECT_GE(std::ranges::count(times_s, 0.02), 7) << "the hands are held there meanwhile";
    for (std::size_t i = 1; i < times_s.size(); ++i) {
        EXPECT_LE(times_s[i] - times_s[i - 1], 0.0021) << "no step longer than two packets";
    }
}

TEST(MotionScriptPlayer, StopsAtAGateThatNeverOpens) {
    const Listener driver;
    auto remote = MonadoRemote::connect(driver.port());
    ASSERT_TRUE(remote) << remote.error();
    std::atomic<int> asked = 0;
    std::expected<void, std::string> played;
    std::jthread player([&](const std::stop_token& stop) {
        played = play(still(1.0), *remote,
                      {.gates = {{.at_s = 0.0,
                                  .until = "never",
                                  .open =
                                      [&] {
                                          ++asked;
                                          return false;
                                      }}}},
                      stop);
    });
    EXPECT_TRUE(await(Milliseconds{60'000}, [&] { return asked >= 3; }));
    player.request_stop();
    player.join();
    EXPECT_TRUE(played) << played.error();
}

} // namespace
} // namespace haven::test
