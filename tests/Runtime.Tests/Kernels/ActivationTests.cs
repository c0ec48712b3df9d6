using Blockwright.Kernels;

namespace Blockwright.Runtime.Tests.Kernels;

public class ActivationTests
{
    [Fact]
    public void EachNameGivesItsActivation()
    {
        Assert.Subset(Activation.Names.ToHashSet(), new HashSet<string>(["ReLU", "ReLU6", "LeakyReLU", "SiLU", "GELU", "Mish", "Hardswish", "Hardsigmoid", "Sigmoid"]));
        Assert.Equal(Activation.Names, Judge.Activations.Skip(1).Select(static activation => activation.Name));
        Assert.Equal("Hardswish", Activation.Named("Hardswish", []).ToString());
        Assert.Equal("LeakyReLU(0.01)", Activation.Named("LeakyReLU", [0.01]).ToString());
    }

    [Fact]
    public void NoNameIsNoActivation()
    {
        Assert.Equal(Activation.None, Activation.Named("", []));
        Assert.Equal(default, Activation.None);
        Assert.Equal("", Activation.None.Name);
    }

    [Fact]
    public void ParametersAreTold()
    {
        Assert.Equal(Activation.Named("LeakyReLU", [0.2]), Activation.Named("LeakyReLU", [0.2]));
        Assert.NotEqual(Activation.Named("LeakyReLU", [0.2]), Activation.Named("LeakyReLU", [0.1]));
        Assert.NotEqual(Activation.Named("ReLU", []), Activation.Named("ReLU6", []));
    }

    [Theory]
    [InlineData("relu")]
    [InlineData("Softmax")]
    [InlineData(" ")]
    public void AnUnknownNameIsNamed(string name)
    {
        var error = Assert.Throws<NotSupportedException>(() => Activation.Named(name, []));
        Assert.Contains($"activation {name}.", error.Message, StringComparison.Ordinal);
        Assert.Contains("LeakyReLU", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("LeakyReLU", 0, "LeakyReLU takes 1 (negative_slope), found 0")]
    [InlineData("LeakyReLU", 2, "LeakyReLU takes 1 (negative_slope), found 2")]
    [InlineData("ReLU6", 1, "ReLU6 takes no parameters, found 1")]
    [InlineData("SiLU", 3, "SiLU takes no parameters, found 3")]
    [InlineData("", 1, "No activation takes no parameters, found 1")]
    public void AWrongNumberOfParametersIsNamed(string name, int count, string expected)
    {
        var error = Assert.Throws<ArgumentException>(() => Activation.Named(name, new double[count]));
        Assert.StartsWith(expected, error.Message, StringComparison.Ordinal);
    }
}
