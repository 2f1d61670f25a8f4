#pragma once

namespace haven::http {

/// How much a thread gives way to others: Linux's niceness, which it has a thread.
enum class Niceness : int {
    none = 0,
    some = 10, ///< a tenth of what the others get where all want the processor
    all = 19,
};

/// Of the calling thread, from now on. Linux takes it back for nobody: it only ever grows.
void take_niceness(Niceness niceness);

} // namespace haven::http
