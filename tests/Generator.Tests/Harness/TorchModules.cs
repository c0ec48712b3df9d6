using System.Globalization;
using System.Reflection;
using static TorchSharp.torch;

namespace Blockwright.Generator.Tests.Harness;

/// <summary>Modules of torch.nn without weights, found by their names: what judges a layer that the interpreter has no line for.</summary>
internal static class TorchModules
{
    /// <summary>What torch.nn's module of a name makes of an input.</summary>
    /// <param name="name">The factory's name in torch.nn, which is the attribute's.</param>
    /// <param name="arguments">The attribute's arguments: torch's with another spelling.</param>
    /// <param name="input">The input.</param>
    public static Tensor Call(string name, IReadOnlyDictionary<string, object?> arguments, Tensor input)
    {
        var factory = typeof(nn).GetMethods(BindingFlags.Public | BindingFlags.Static).Where(method => method.Name == name)
            .FirstOrDefault(method => typeof(nn.Module<Tensor, Tensor>).IsAssignableFrom(method.ReturnType) && arguments.Keys.All(argument => method.GetParameters().Any(parameter => Means(parameter, argument))));
        Assert.True(factory is not null, $"torch.nn has no {name} that takes {string.Join(", ", arguments.Keys.Append("nothing"))}: say in Interpreter.Layer what it computes.");
        using var module = (nn.Module<Tensor, Tensor>)factory!.Invoke(null, [.. factory.GetParameters().Select(parameter => Value(parameter, arguments))])!;
        return module.call(input);
    }

    private static bool Means(ParameterInfo parameter, string argument) => string.Equals(parameter.Name!.Replace("_", "", StringComparison.Ordinal), argument, StringComparison.OrdinalIgnoreCase);

    private static object? Value(ParameterInfo parameter, IReadOnlyDictionary<string, object?> arguments)
    {
        if (arguments.Keys.FirstOrDefault(argument => Means(parameter, argument)) is not { } given)
            return parameter.DefaultValue;
        var type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
        return type.IsEnum ? Enum.Parse(type, arguments[given]?.ToString() ?? "") : Convert.ChangeType(arguments[given], type, CultureInfo.InvariantCulture);
    }
}
