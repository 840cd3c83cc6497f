import type { en } from './en.ts'

export const zhCn = {
  signIn: {
    title: '登录',
    lead: '把钱借给真实的人，一笔一笔投标，每一分都看得见。',
    email: '邮箱',
    password: '密码',
    submit: '登录',
    submitting: '正在登录…',
    register: '注册账户',
    registerLead: '用于出借的账户。您的姓名仅自己可见。',
    name: '姓名',
    passwordHint: '至少 10 个字符。',
    submitRegister: '注册',
    toRegister: '还没有账户？注册',
    toSignIn: '已有账户？登录',
    demo: '以演示投资人进入',
    demoWhy: '一键进入，虚拟资金，真实市场。所有体验者共用此投资人。',
    emailMissing: '请输入邮箱，例如 name@example.com。',
    passwordMissing: '请输入密码。',
    passwordShort: '请至少使用 10 个字符。',
    nameMissing: '请输入姓名。',
    unreachable: '无法连接市场，请检查网络后重试。',
  },
} satisfies typeof en
