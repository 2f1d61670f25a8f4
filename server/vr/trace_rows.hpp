#pragma once

#include "bilateral/hand_sample.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace haven::vr {

/// A motion trace as a table (RFC 4180): a row a sample, both hands in the order of time, the left
/// first at equal times. It comes piece after piece, so that of a long one little is in memory. No
/// I/O; one thread at a time.
class TraceRows {
  public:
    /// The names of the columns, with the line's end.
    static constexpr std::string_view head =
        "time_us,hand,x_m,y_m,z_m,qx,qy,qz,qw,pressure,tracked,inferred,drawing,input\r\n";
    /// Samples of a hand that wait for the other's: a hand that comes later than so many is not
    /// put in its order any more.
    static constexpr std::size_t waiting_max = 16'384;

    /// A trace that check_trace takes.
    explicit TraceRows(std::string trace) : trace_(std::move(trace)) {}

    /// The next rows, the first with the names of the columns; nothing: that was all. The error
    /// says what is wrong with the trace.
    [[nodiscard]] std::expected<std::optional<std::string>, std::string> next();

  private:
    [[nodiscard]] std::size_t take_blocks(std::string& part);
    void put_rows(std::string& rows, bool all);

    std::string trace_;
    std::size_t header_bytes_ = 0;
    std::size_t at_ = 0; ///< 0: the header is not read yet
    bool over_ = false;
    std::array<std::deque<HandSample>, 2> waiting_;
};

} // namespace haven::vr
