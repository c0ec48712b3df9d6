using Verify = Blockwright.Analyzers.Tests.HandWritten.TorchTest<Blockwright.Analyzers.HandWritten.SharedSubmodule>;

namespace Blockwright.Analyzers.Tests.HandWritten;

public sealed class SharedSubmoduleTests
{
    private static string Message(string second, string first) =>
        $"'{second}' is the module that '{first}' is: there is one set of weights, counted and trained once, and the state dict has it under both names";

    [Theory]
    [InlineData("private readonly Linear a, b;", "a = Linear(2, 2); {|#0:b|} = a;", "b", "a")]
    [InlineData("private readonly Linear a, b;", "{|#0:a|} = b = Linear(2, 2);", "a", "b")]
    [InlineData("private readonly Module<Tensor, Tensor> a, b;", "var conv = Conv2d(2, 2, 3, padding: 1); a = conv; {|#0:this.b|} = conv;", "b", "a")]
    [InlineData("private readonly Module a; private readonly Sequential b;", "b = Sequential(Linear(2, 2), ReLU()); {|#0:a|} = b;", "a", "b")]
    [InlineData("private readonly Linear a = Linear(2, 2); private readonly Linear b;", "{|#0:b|} = a;", "b", "a")]
    [InlineData("public Linear A { get; } = Linear(2, 2); public Linear B { get; }", "{|#0:B|} = A;", "B", "A")]
    public Task In_two_members(string fields, string constructor, string second, string first) =>
        Verify.Reports(Code.Module(fields, constructor), Expected.Info("BW6006", 0, Message(second, first)));

    [Theory]
    [InlineData("private readonly Linear a, b;", "a = Linear(2, 2); b = Linear(2, 2);")]
    // Nothing to share.
    [InlineData("private readonly ReLU a, b;", "a = ReLU(); b = a;")]
    [InlineData("private readonly Sequential a, b;", "a = b = Sequential(ReLU());")]
    // Not both of them for certain, or not both registered.
    [InlineData("private Linear a, b;", "a = Linear(2, 2); b = a; b = Linear(2, 2);")]
    [InlineData("private readonly Linear a, b;", "a = Linear(2, 2); if (Environment.ProcessorCount > 1) b = a; else b = Linear(2, 2);")]
    [InlineData("private readonly Linear a; private static Linear b;", "a = Linear(2, 2); b = a;")]
    [InlineData("private readonly Linear a; private readonly object b;", "a = Linear(2, 2); b = a;")]
    // Another name for what is registered, behind the registration.
    [InlineData("private readonly Linear a, b;", "a = Linear(2, 2); RegisterComponents(); b = a;")]
    // Weights that are tied, and modules that are not.
    [InlineData("private readonly Linear a, b;", "a = Linear(2, 2); b = Linear(2, 2); b.weight = a.weight;")]
    public Task Two_modules_or_one_name_are_silent(string fields, string constructor) => Verify.IsSilent(Code.Module(fields, constructor));
}
