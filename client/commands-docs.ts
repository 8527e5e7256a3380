import type { Argument, Command, Option } from 'commander';
import { wrapped } from '../config/settings-docs.ts';
import { createProgram } from './commands.ts';

/** The text of `docs/commands.md` below its introduction: one section for each command. */
export function commandsPage(): string {
  return leavesOf(createProgram(() => undefined))
    .map(section)
    .join('\n');
}

function leavesOf(command: Command): readonly Command[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(leavesOf);
}

function section(command: Command): string {
  const { registeredArguments: given, options } = command;
  const items = [...given.map(argumentItem), ...options.map(optionItem)];
  return `## \`${usage(command)}\`\n\n${wrapped(command.description())}${items.length > 0 ? `\n${items.join('')}` : ''}`;
}

function usage(command: Command): string {
  const names = [];
  for (let each: Command | null = command; each !== null; each = each.parent)
    names.unshift(each.name());
  const given = command.registeredArguments.map(name);
  return [...names, ...given].join(' ');
}

function name(argument: Argument): string {
  const text = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${text}>` : `[${text}]`;
}

function argumentItem(argument: Argument): string {
  return `- \`${name(argument)}\`: ${argument.description}\n`;
}

function optionItem({ flags, description, argChoices, defaultValue }: Option): string {
  const choices = argChoices === undefined ? '' : ` (${argChoices.join(', ')})`;
  const byDefault = defaultValue ? `; default: ${String(defaultValue)}` : '';
  return `- \`${flags}\`: ${description}${choices}${byDefault}\n`;
}
