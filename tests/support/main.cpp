// The tests' main program.
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_session.hpp>
int main(int argc, char** argv) { return Catch::Session().run(argc, argv); }
#else
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
#endif

#ifdef ENTRAIN_TSAN
// moodycamel's queues order their memory with fences, which ThreadSanitizer does not follow (GCC warns: -Wtsan).
// What happens inside them is not judged; what their users do with what came out is.
extern "C" const char* __tsan_default_suppressions() { return "race:moodycamel::\n"; }
#endif
