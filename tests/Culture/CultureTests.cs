using System.Globalization;
using System.Runtime.CompilerServices;

namespace Blockwright.Tests.Culture;

/// <summary>
/// The culture that a test project runs in: the machine's, or the one that BLOCKWRIGHT_CULTURE names. All tests pass in any, since users' programs and users'
/// compilers run in theirs.
/// </summary>
public class CultureTests
{
    private const string Variable = "BLOCKWRIGHT_CULTURE";

    /// <summary>What a culture makes of -1, of 1.5 and of a large i, in which no other has a part.</summary>
    private static readonly Dictionary<string, (string Minus, string Comma, string Upper)> Known = new(StringComparer.Ordinal)
    {
        ["sv-SE"] = ("\u22121", "1,5", "I"),
        ["tr-TR"] = ("-1", "1,5", "\u0130"),
        ["fa-IR"] = ("\u200e\u22121", "1\u066b5", "I"),
    };

    private static string? Asked => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } asked ? asked : null;

    /// <summary>Before anything else of the tests, on every thread. Without the culture's data (ICU), or where the build is invariant, no test passes.</summary>
    [ModuleInitializer]
    internal static void Set()
    {
        if (Asked is { } asked)
            CultureInfo.DefaultThreadCurrentCulture = CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.GetCultureInfo(asked);
    }

    [Fact]
    public async Task TheOneAskedForIsInForce()
    {
        if (Asked is not { } asked)
            return;
        Assert.True(Known.TryGetValue(asked, out var expected), $"{Variable} is {asked}: say here what tells that culture from others.");
        (string Name, string, string, string)[] found = [Here(), await Task.Run(Here), OnAThreadOfItsOwn()];
        Assert.All(found, each => Assert.Equal((asked, expected.Minus, expected.Comma, expected.Upper), each));
    }

    private static (string Name, string Minus, string Comma, string Upper) Here() => (CultureInfo.CurrentCulture.Name, (-1).ToString(CultureInfo.CurrentCulture), $"{1.5}", "i".ToUpper(CultureInfo.CurrentCulture));

    private static (string Name, string Minus, string Comma, string Upper) OnAThreadOfItsOwn()
    {
        var found = Here();
        var thread = new Thread(() => found = Here());
        thread.Start();
        thread.Join();
        return found;
    }
}
