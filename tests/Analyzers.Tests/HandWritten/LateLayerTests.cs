using Verify = Blockwright.Analyzers.Tests.HandWritten.TorchTest<Blockwright.Analyzers.HandWritten.LateLayer>;

namespace Blockwright.Analyzers.Tests.HandWritten;

public sealed class LateLayerTests
{
    private const string Field = "private readonly Module body; private readonly ModuleList<Module<Tensor, Tensor>> all;";

    private static string Message(string taker) => $"'list' changes after the {taker} was made of it, which took what there was: this layer is in no network";

    [Theory]
    [InlineData("var list = new List<Module<Tensor, Tensor>> { Linear(2, 2) }; body = Sequential(list); {|#0:list.Add(ReLU())|};", "Sequential")]
    [InlineData("var list = new List<(string, Module<Tensor, Tensor>)>(); list.Add((\"fc\", Linear(2, 2))); body = Sequential(list); {|#0:list.Add((\"act\", ReLU()))|};", "Sequential")]
    [InlineData("var list = new List<Module<Tensor, Tensor>>(); body = Sequential(list.ToArray()); if (Environment.ProcessorCount > 1) {|#0:list.AddRange([ReLU()])|};", "Sequential")]
    [InlineData("var list = new List<Module<Tensor, Tensor>>(); all = ModuleList(list.ToArray()); {|#0:list.Insert(0, ReLU())|};", "ModuleList")]
    [InlineData("for (var i = 0; i < 2; i++) { var list = new List<Module<Tensor, Tensor>>(); body = Sequential(list); {|#0:list.Add(ReLU())|}; }", "Sequential")]
    public Task Added_too_late(string constructor, string taker) => Verify.Reports(Code.Module(Field.Replace("readonly Module body", "Module body", StringComparison.Ordinal), constructor), Expected.Warning("BW6007", 0, Message(taker)));

    [Theory]
    [InlineData("var list = new List<Module<Tensor, Tensor>>(); list.Add(Linear(2, 2)); body = Sequential(list);")]
    // The list goes on to something else.
    [InlineData("var list = new List<Module<Tensor, Tensor>> { Linear(2, 2) }; body = Sequential(list); list.Add(ReLU()); all = ModuleList(list.ToArray());")]
    [InlineData("var list = new List<Module<Tensor, Tensor>> { Linear(2, 2) }; body = Sequential(list); list.Clear(); list.Add(ReLU()); body = Sequential(list);")]
    [InlineData("var list = new List<Module<Tensor, Tensor>> { Linear(2, 2) }; body = Sequential(list); list.Add(ReLU()); Console.WriteLine(list.Count);")]
    [InlineData("var list = new List<Module<Tensor, Tensor>>(); for (var i = 0; i < 2; i++) { body = Sequential(list); list.Add(ReLU()); }")]
    [InlineData("var list = new List<Module<Tensor, Tensor>>(); Action make = () => body = Sequential(list); list.Add(ReLU()); make();")]
    [InlineData("var list = new List<Module<Tensor, Tensor>>(); if (Environment.ProcessorCount > 1) body = Sequential(list); else list.Add(ReLU());")]
    // Somebody else has the list.
    [InlineData("var list = new List<Module<Tensor, Tensor>> { Linear(2, 2) }; var kept = list; body = Sequential(list); list.Add(ReLU()); Console.WriteLine(kept.Count);")]
    [InlineData("List<Module<Tensor, Tensor>> kept; var list = kept = new List<Module<Tensor, Tensor>>(); body = Sequential(list); list.Add(ReLU()); Console.WriteLine(kept.Count);")]
    [InlineData("var list = new List<Module<Tensor, Tensor>> { Linear(2, 2) }; GC.KeepAlive(list); body = Sequential(list); list.Add(ReLU());")]
    // The network itself grows.
    [InlineData("var list = new List<Module<Tensor, Tensor>>(); var made = Sequential(list); made.append(ReLU()); body = made;")]
    public Task In_time_or_with_a_use_is_silent(string constructor) => Verify.IsSilent(Code.Module(Field.Replace("readonly ", "", StringComparison.Ordinal), constructor));
}
