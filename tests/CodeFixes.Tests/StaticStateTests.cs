using System.Reflection;
using System.Runtime.CompilerServices;
using Blockwright.Analyzers.Declared;
using Blockwright.CodeFixes.Tests.Declared;
using Blockwright.Generator;
using Blockwright.Graph;
using Blockwright.Graph.Memory;

namespace Blockwright.CodeFixes.Tests;

/// <summary>What outlives a compilation in what the compiler loads: the memories of one folder, each on its page, and nothing else that can change.</summary>
public class StaticStateTests
{
    private const BindingFlags Statics = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
    private const BindingFlags Instances = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly IReadOnlyList<Type> Ours =
        [.. new[] { typeof(Declaration), typeof(BlockwrightGenerator), typeof(DeclarationAnalyzer), typeof(CodeFixes.Declared.AddPartial) }.SelectMany(static type => type.Assembly.GetTypes())];

    /// <summary>Constants, and what the compiler keeps for itself (delegates, texts), are not among them.</summary>
    private static IEnumerable<FieldInfo> Fields => Ours.Where(static type => !type.Name.StartsWith('<')).SelectMany(static type => type.GetFields(Statics)).Where(static each => !each.IsLiteral);

    [Fact]
    public void NothingStaticChangesButTheMemories()
    {
        var fields = Fields.ToList();
        Assert.Contains(fields, static field => field.Name == "Qualified"); // It does see them.

        Assert.Empty(fields.Where(static field => !IsMemory(field) && (!field.IsInitOnly || CanChange(field.FieldType))).Select(static field => $"{field.DeclaringType!.FullName}.{field.Name}: {field.FieldType}"));
    }

    [Fact]
    public void EachMemoryStandsOnThePage()
    {
        var page = File.ReadAllText(Path.Combine(TypingTests.Root(), "src", "Graph", "Memory", $"{nameof(MemoryLimits)}.cs"));
        var memories = Fields.Where(IsMemory).ToList();
        Assert.NotEmpty(memories);

        Assert.All(memories, field =>
        {
            Assert.True(field.IsInitOnly, field.Name);
            Assert.Contains($"{field.DeclaringType!.Name}.{field.Name}", page, StringComparison.Ordinal);
        });
    }

    [Theory]
    [InlineData(typeof(int), false)]
    [InlineData(typeof(string), false)]
    [InlineData(typeof(Declaration), false)]
    [InlineData(typeof(int[]), true)]
    [InlineData(typeof(IReadOnlyList<int>), true)]
    [InlineData(typeof(Dictionary<string, int>), true)]
    [InlineData(typeof(Lazy<int>), true)]
    [InlineData(typeof(ConditionalWeakTable<object, object>), true)]
    [InlineData(typeof(System.Collections.Immutable.ImmutableArray<int[]>), true)]
    [InlineData(typeof(WeakNumbers), true)]
    public void WhatCanChangeIsTold(Type type, bool expected) => Assert.Equal(expected, CanChange(type));

    private static bool IsMemory(FieldInfo field) => field.FieldType.Namespace == typeof(MemoryLimits).Namespace;

    private static bool CanChange(Type type) => CanChange(type, []);

    private static bool CanChange(Type type, HashSet<Type> open)
    {
        if (type.IsPrimitive || type.IsEnum || type == typeof(string) || type.IsGenericParameter || type.IsSubclassOf(typeof(Delegate)) || !open.Add(type))
            return false;
        if (type.Name.StartsWith("ValueTuple`", StringComparison.Ordinal))
            return type.GetGenericArguments().Any(item => CanChange(item, open));
        if (type.Assembly == typeof(object).Assembly || type.IsArray)
            return Nullable.GetUnderlyingType(type) is not { } value || CanChange(value, open);
        if (type.Namespace is "System.Collections.Immutable")
            return type.GetGenericArguments().Any(item => CanChange(item, open));
        if (type.Namespace!.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal))
            return false;
        if (!Ours.Contains(type.IsGenericType ? type.GetGenericTypeDefinition() : type))
            return true;
        return Parts(type).Any(field => (!type.IsValueType && !field.IsInitOnly && !IsParameter(field)) || CanChange(field.FieldType, open)) || Ours.Where(each => each.BaseType == type).Any(each => CanChange(each, open));
    }

    /// <summary>A constructor's parameter that a member reads; the language has no word to make it readonly.</summary>
    private static bool IsParameter(FieldInfo field) => field.Name.StartsWith('<') && field.Name.EndsWith(">P", StringComparison.Ordinal);

    private static IEnumerable<FieldInfo> Parts(Type type)
    {
        for (var each = type; each is not null && Ours.Contains(each.IsGenericType ? each.GetGenericTypeDefinition() : each); each = each.BaseType)
        {
            foreach (var field in each.GetFields(Instances))
                yield return field;
        }
    }
}
