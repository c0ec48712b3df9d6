using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using Verify = Blockwright.CodeFixes.Tests.HandWritten.FixTest<Blockwright.Analyzers.HandWritten.DropoutInEvaluation, Blockwright.CodeFixes.HandWritten.DropoutInEvaluationFix>;

namespace Blockwright.CodeFixes.Tests.HandWritten;

public sealed class DropInTrainingTests
{
    private static string Net(string forward) => Code.File($$"""
        class Net : Module<Tensor, Tensor>
        {
            public Net() : base("Net") => RegisterComponents();
            public override Tensor forward(Tensor x)
            {
                {{forward}}
            }
        }
        """);

    [Fact]
    public Task Each_is_given_the_modules_mode() => Verify.Fixes(
        Net("""
            x = [|functional.dropout(x)|]; // as it was
                    x = [|functional.dropout2d(x, 0.1)|] + [|nn.functional.dropout(x.relu(), p: 0.2, inplace: false)|];
                    return [|functional.dropout1d(x)|];
            """),
        Net("""
            x = functional.dropout(x, training: training); // as it was
                    x = functional.dropout2d(x, 0.1, training: training) + nn.functional.dropout(x.relu(), p: 0.2, inplace: false, training: training);
                    return functional.dropout1d(x, training: training);
            """));

    [Fact]
    public Task A_local_of_that_name_is_not_the_mode() => Verify.Fixes(
        Net("var training = x.dim(); x = x + training; return [|functional.dropout(x)|];"),
        Net("var training = x.dim(); x = x + training; return functional.dropout(x, training: this.training);"));

    /// <summary>What the rule says is what the installed TorchSharp does: a function knows of no eval().</summary>
    [Fact]
    public void Without_its_argument_the_function_drops()
    {
        using var scope = NewDisposeScope();
        var x = ones(1000);

        Assert.Contains(functional.dropout(x).data<float>().ToArray(), static value => value == 0);
        Assert.DoesNotContain(functional.dropout(x, training: false).data<float>().ToArray(), static value => value == 0);
        Assert.DoesNotContain(functional.alpha_dropout(x).data<float>().ToArray(), static value => value != 1);
    }
}
